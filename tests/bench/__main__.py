"""Speed and memory as ratios against a baseline of the same run: ``python -m tests.bench NAME``."""

import argparse
import json
from collections.abc import Callable
from typing import Any

from tests.bench.build import build
from tests.bench.discovery import discovery
from tests.bench.embeddings import embeddings
from tests.bench.imports import imports
from tests.bench.manifest import manifest
from tests.bench.metadata import metadata
from tests.bench.pacing import pacing
from tests.bench.polling import polling
from tests.bench.probe import probe

BENCHES: dict[str, Callable[..., dict[str, Any]]] = {
    "build": build,
    "discovery": discovery,
    "embeddings": embeddings,
    "imports": imports,
    "manifest": manifest,
    "pacing": pacing,
    "polling": polling,
    "metadata": metadata,
    "probe": probe,
}

SIZED = {
    "build": "objects",
    "discovery": "objects",
    "embeddings": "items",
    "manifest": "units",
    "pacing": "seconds",
    "polling": "jobs",
    "metadata": "items",
    "probe": "items",
}
"""Benches with a size, and the option that sets it."""


def main() -> None:
    """Run one bench; the last line printed is its result as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("name", choices=sorted(BENCHES))
    for option in sorted(set(SIZED.values())):
        parser.add_argument(f"--{option}", type=int)
    arguments = parser.parse_args()
    size = getattr(arguments, SIZED[arguments.name]) if arguments.name in SIZED else None
    run = BENCHES[arguments.name]
    print(json.dumps(run() if size is None else run(size)))


if __name__ == "__main__":
    main()

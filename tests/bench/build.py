"""A build's memory and speed: what is new streams from the ledger into manifests, and only groups are held.

The baseline is what a script does: list everything, put it together into units, cut them, write the files. It keeps
no ledger, so it is the faster one; the figure that counts is its memory. Each step runs in a process of its own.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from encord_provider.buckets.bucket import Bucket
from encord_provider.buckets.checkpoint import Checkpoint
from encord_provider.buckets.directory import directory_bucket
from encord_provider.buckets.listing import WALKS, Listing
from encord_provider.buckets.location import Location
from encord_provider.buckets.walk import StorePage
from encord_provider.ingestion.plan import build as build_manifests
from encord_provider.ingestion.rules import Rules
from encord_provider.ingestion.run import Run, Source, Task
from encord_provider.ingestion.storage import Storage
from encord_provider.ledger.ledger import Ledger
from encord_provider.manifest.chunks import chunk
from encord_provider.manifest.grouping import Grouping, group
from encord_provider.manifest.ingestion import Ingestion
from encord_provider.manifest.limits import Advice, Limits
from encord_provider.manifest.manifests import Manifest
from encord_provider.manifest.objects import BucketObject
from tests.bench.manifest import peak_mb

FEW = 10_000
"""Objects of the smaller run, to see whether memory grows with their number."""

MOST = 1_000
"""Manifests there may be, so that their size is the same in both runs."""

FRAMES = 50
"""Every tenth object is a frame of an image group of this many."""

GROUPING = Grouping(image_groups=r"(?P<unit>.*/rig-[^/]+)/")


@dataclass(frozen=True)
class MadeUp(Bucket):
    """A bucket that makes up its listing, so that its server costs neither time nor memory."""

    count: int = 0

    def listing(self, prefix: str = "", *, since: Checkpoint | None = None, walks: int = WALKS) -> Listing:
        """Return the objects, a thousand a page."""
        return Listing(self._made_up, prefix, walks=walks, since=since, ordered=False)

    def _made_up(self, _: str | None) -> Iterator[StorePage]:
        modified = datetime(2026, 1, 1, tzinfo=UTC)
        for start in range(0, self.count, 1000):
            numbers = range(start, min(start + 1000, self.count))
            keys = [key_of(number) for number in numbers]
            yield StorePage(
                keys, [BucketObject(key, self.url_of(key), 200_000, f"{key}-1", modified) for key in keys]
            )


def key_of(number: int) -> str:
    """Return the key of an object: a frame of a group, or an image of its own."""
    if number % 10 == 0:
        return f"2026/01/rig-{number // (10 * FRAMES):06}/frame-{number // 10:08}.jpg"
    return f"2026/01/{number % 28 + 1:02}/camera-{number % 40:02}/frame-{number:08}.jpg"


def source(count: int, directory: Path) -> Source:
    """Return the source of both."""
    store = directory_bucket(str(directory)).store
    return Source(
        MadeUp("s3://fleet", store, lambda key: f"https://fleet.example.com/{key}", count=count), ""
    )


def ours(count: int, directory: Path) -> None:
    """Build as the operator does, with a new ledger."""
    root = Location.parse(f"{directory.as_uri()}/storage/")
    ingestion = Ingestion(source="s3://fleet/", folder="fleet")
    rules = Rules(GROUPING, Limits(), Advice(), MOST)
    with Ledger(f"sqlite:///{directory / 'ledger.db'}") as ledger:
        run = Run(ledger, Task("run", "build"), ingestion, "https://api.example.com")
        records = build_manifests(
            run, source(count, directory), Storage(directory_bucket(root.bucket), root), rules
        )
        assert sum(ledger.objects.fates([record.id for record in records]).values()) == count


def baseline(count: int, directory: Path) -> None:
    """Build as a script does, without a ledger."""
    listed = [obj for page in source(count, directory).bucket.pages() for obj in page]
    units = [unit for unit, _ in group(listed, GROUPING).units]
    for number, part in enumerate(chunk(units, Limits(), Advice())):
        (directory / f"part-{number}.json").write_bytes(Manifest(part).to_json())


STEPS = {step.__name__: step for step in (ours, baseline)}


def measured(step: str, count: int) -> dict[str, float]:
    """Run a step in a process of its own; return its CPU seconds and the peak of its memory in MB."""
    with tempfile.TemporaryDirectory() as directory:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.build", step, str(count), directory],
            check=True,
            stdout=subprocess.PIPE,
            env=os.environ,
        )
    result: dict[str, float] = json.loads(done.stdout)
    return result


def build(count: int = 200_000) -> dict[str, Any]:
    """Measure both with a few objects and with *count*."""
    few = {step: measured(step, FEW) for step in STEPS}
    many = {step: measured(step, count) for step in STEPS}
    return {
        "bench": "build",
        "size": count,
        "ours": many["ours"]["peak_mb"],
        "baseline": many["baseline"]["peak_mb"],
        "ratio": round(many["baseline"]["peak_mb"] / many["ours"]["peak_mb"], 2),
        "peak_mb": many["ours"]["peak_mb"],
        "growth": {step: round(many[step]["peak_mb"] / few[step]["peak_mb"], 2) for step in STEPS},
        "objects_per_second": {step: round(count / many[step]["seconds"]) for step in STEPS},
    }


def main() -> None:
    """Run one step and print what it took."""
    step, count, directory = sys.argv[1:]
    begun = time.process_time()
    STEPS[step](int(count), Path(directory))
    seconds = time.process_time() - begun
    print(json.dumps({"seconds": seconds, "peak_mb": round(peak_mb(), 1)}))


if __name__ == "__main__":
    main()

"""The memory and speed of giving items their vectors, against the script of Encord's documentation.

The script holds all vectors, gets each item by itself and sends one bundle; its memory and its requests grow with
their number. Each side runs the SDK, in a process of its own, against a server that keeps nothing.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.connection import Credentials
from encord_provider.ingestion.embeddings import Embed, Target
from encord_provider.ingestion.run import Task
from encord_provider.ingestion.vector_files import read_rows
from encord_provider.ingestion.vectors import Vectors
from encord_provider.ledger.ledger import Ledger
from encord_provider.metadata.embeddings import Embeddings
from tests.bench.item_server import running_item_server
from tests.bench.manifest import peak_mb

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZE = 512
"""Numbers of a vector."""

FEW = 1_000
"""Vectors of the smaller run, to see whether memory grows with their number."""

CLIP = "fleet-clip"


def api_at(address: str) -> EncordApi:
    """Return an API with a key of its own; the server checks none."""
    return EncordApi(Credentials(address, Ed25519PrivateKey.generate()))


def made_up(count: int) -> "Iterator[NDArray[np.float32]]":
    """Yield vectors, a thousand at a time."""
    random = np.random.default_rng(0)
    for begin in range(0, count, FEW):
        yield random.random((min(FEW, count - begin), SIZE), dtype=np.float32)


def write(count: int, directory: Path) -> None:
    """Write vectors and names as .npy files, without ever holding all of them."""
    header = {"descr": "<f4", "fortran_order": False, "shape": (count, SIZE)}
    with (directory / "clip.npy").open("wb") as out:
        np.lib.format.write_array_header_1_0(out, header)
        for rows in made_up(count):
            out.write(rows.tobytes())
    (directory / "names.txt").write_text("".join(f"{UUID(int=number)}\n" for number in range(count)))


def ours(address: str, directory: Path) -> None:
    """Send them as the operator does."""
    embeddings = Embeddings(CLIP, "clip.npy", "names.txt")
    with Ledger(f"sqlite:///{directory / 'ledger.db'}") as ledger, Vectors(embeddings) as vectors:
        vectors.fill(read_rows(embeddings, directory / "clip.npy", directory / "names.txt"))
        embed = Embed(
            ledger, api_at(address), vectors, Target("bench", "fleet", "uuid"), Task("run", "bench")
        )
        assert embed.run().items == vectors.count


def baseline(address: str, directory: Path) -> None:
    """Send them as the script does."""
    from encord.http.bundle import Bundle  # noqa: PLC0415 - ours loads it on its way, too

    client = api_at(address).client
    names = (directory / "names.txt").read_text().split()
    updates = dict(zip(names, np.load(directory / "clip.npy").tolist(), strict=True))
    with Bundle() as bundle:
        for name, vector in updates.items():
            item = client.get_storage_item(UUID(name))
            metadata = (item.client_metadata or {}).copy()
            metadata.update({CLIP: vector})
            item.update(client_metadata=metadata, bundle=bundle)


STEPS = {step.__name__: step for step in (ours, baseline)}


def measured(step: str, count: int) -> dict[str, float]:
    """Run a step in a process of its own; return its seconds, requests and the peak of its memory in MB."""
    with tempfile.TemporaryDirectory() as directory, running_item_server(count) as address:
        write(count, Path(directory))
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.embeddings", step, address, directory],
            check=True,
            stdout=subprocess.PIPE,
            env=os.environ,
        )
    result: dict[str, float] = json.loads(done.stdout)
    return result


def embeddings(count: int = 50_000) -> dict[str, Any]:
    """Measure ours with few vectors and with *count*, and the script with few."""
    few, many, script = measured("ours", FEW), measured("ours", count), measured("baseline", FEW)
    return {
        "bench": "embeddings",
        "size": count,
        "ours": round(count / many["seconds"]),
        "baseline": round(FEW / script["seconds"]),
        "ratio": round(script["seconds"] / FEW * count / many["seconds"], 2),
        "peak_mb": many["peak_mb"],
        "growth": round(many["peak_mb"] / few["peak_mb"], 2),
    }


def main() -> None:
    """Run one step and print what it took."""
    step, address, directory = sys.argv[1:]
    begun = time.process_time()
    STEPS[step](address, Path(directory))
    print(json.dumps({"seconds": time.process_time() - begun, "peak_mb": round(peak_mb(), 1)}))


if __name__ == "__main__":
    main()

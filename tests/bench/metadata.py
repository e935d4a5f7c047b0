"""Metadata of a whole table and a link of a whole folder, against the loops of the documentation's scripts.

One Encord in a process of its own, in the same run; each step in a process of its own. A script asks for every item
of its table and sends all of them, since it cannot know which differ; of ours, a tenth differs. The script's loop is
run for fewer items, and counted per item. It is also measured as if somebody told it which items differ.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from encord.http.bundle import Bundle
from encord.orm.dataset import StorageLocation

from encord_provider.buckets.directory import directory_bucket
from encord_provider.buckets.location import Location
from encord_provider.ingestion.link import link_folder
from encord_provider.ingestion.run import Task
from encord_provider.ingestion.storage import Storage
from encord_provider.ingestion.upsert import Table, Upsert
from encord_provider.ledger.ledger import Ledger
from tests.bench.manifest import peak_mb
from tests.filled import FOLDER, Filled, filled, title

FEWER = 50
"""By how much fewer items the script's loop is run: a request for each takes a while."""

CHANGED = 10
"""One of so many rows of the table differs from what its item has."""


def wanted(count: int) -> dict[str, dict[str, Any]]:
    """Return a table of *count* rows: every tenth says something new."""
    return {title(number): {"site": "south" if number % CHANGED == 0 else "north"} for number in range(count)}


def upsert(encord: Filled, count: int, directory: Path) -> int:
    """Upsert the table as the operator does; return how many items it describes."""
    root = Location.parse(f"{directory.as_uri()}/storage/")
    storage = Storage(directory_bucket(root.bucket), root)
    with Ledger(f"sqlite:///{directory / 'ledger.db'}") as ledger:
        table = Table("dag/describe", FOLDER, wanted(count))
        done = Upsert(ledger, encord.api(), storage, table, Task("run", "describe")).run()
    assert len(done.plan.updates) == -(-count // CHANGED)
    return count


def link(encord: Filled, count: int, directory: Path) -> int:
    """Link the folder as the operator does."""
    with Ledger(f"sqlite:///{directory / 'ledger.db'}") as ledger:
        assert link_folder(ledger, encord.api(), FOLDER, "ours", Task("run", "link")).linked == count
    return count


def script_upsert(encord: Filled, count: int, _: Path) -> int:
    """Ask for each item, and send what the table says of it, in a bundle."""
    client, fewer = encord.api().client, max(1, count // FEWER)
    (folder,) = client.find_storage_folders(search=FOLDER)
    uuids = [item.uuid for item in islice(folder.list_items(page_size=1000), fewer)]
    with Bundle() as bundle:
        for uuid in uuids:
            item = client.get_storage_item(uuid)
            item.update(client_metadata={**(item.client_metadata or {}), "site": "north"}, bundle=bundle)
    return fewer


def script_link(encord: Filled, count: int, _: Path) -> int:
    """List the folder, and link everything in one request."""
    client = encord.api().client
    made = client.create_dataset("theirs", StorageLocation.S3_COMPATIBLE, create_backing_folder=False)
    (folder,) = client.find_storage_folders(search=FOLDER)
    client.get_dataset(made.dataset_hash).link_items([item.uuid for item in folder.list_items()])
    return count


STEPS: dict[str, Callable[[Filled, int, Path], int]] = {
    step.__name__: step for step in (script_upsert, upsert, script_link, link)
}


def measured(encord: Filled, step: str, count: int, directory: Path) -> dict[str, Any]:
    """Run a step in a process of its own; return items a second and requests an item."""
    before = encord.requests()
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.bench.metadata",
            step,
            encord.url,
            str(encord.state),
            str(count),
            str(directory),
        ],
        check=True,
        stdout=subprocess.PIPE,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    requests = encord.requests() - before
    return {
        "items": found["items"],
        "requests": requests,
        "items_per_second": round(found["items"] / found["seconds"], 1),
        "requests_per_item": requests / found["items"],
        "peak_mb": found["peak_mb"],
    }


def metadata(items: int = 20_000) -> dict[str, Any]:
    """Measure all steps with *items* images."""
    with tempfile.TemporaryDirectory() as made, filled(Path(made) / "state", items) as encord:
        steps = {step: measured(encord, step, items, Path(made)) for step in STEPS}
    ours, script = steps["upsert"], steps["script_upsert"]
    faster = ours["items_per_second"] / script["items_per_second"]
    fewer = script["requests_per_item"] / ours["requests_per_item"]
    linked, linked_by_script = steps["link"], steps["script_link"]
    return {
        "bench": "metadata",
        "size": items,
        "ours": ours["items_per_second"],
        "baseline": script["items_per_second"],
        "ratio": round(faster, 1),
        "peak_mb": max(steps[step]["peak_mb"] for step in ("upsert", "link")),
        "times_fewer_requests": round(fewer, 1),
        "told_what_changed": {
            "times_as_fast": round(faster / CHANGED, 1),
            "times_fewer_requests": round(fewer / CHANGED, 1),
        },
        "link": {
            "times_as_fast": round(linked["items_per_second"] / linked_by_script["items_per_second"], 1),
            "times_fewer_requests": round(linked_by_script["requests"] / linked["requests"], 1),
        },
        "steps": steps,
    }


def main() -> None:
    """Run one step and print what it took."""
    step, url, state, count, directory = sys.argv[1:]
    encord = Filled(url, Path(state))
    begun = time.monotonic()
    items = STEPS[step](encord, int(count), Path(directory))
    seconds = time.monotonic() - begun
    print(json.dumps({"items": items, "seconds": seconds, "peak_mb": round(peak_mb(), 1)}))


if __name__ == "__main__":
    main()

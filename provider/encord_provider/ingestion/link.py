"""Items get rows in a dataset."""

import json
from collections import Counter
from dataclasses import dataclass

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.datasets import OnDuplicates
from encord_provider.errors import AlreadyLinked, NotFound
from encord_provider.ingestion.places import made_dataset
from encord_provider.ingestion.run import Task
from encord_provider.ingestion.selection import Query, Selection, selected
from encord_provider.ingestion.storage import Storage
from encord_provider.ledger.ledger import Ledger


@dataclass(frozen=True)
class Linked:
    """What a link did."""

    dataset_uuid: str
    linked: int
    """Items that got a row."""

    already: int
    """Items that had one, or all that they were to get."""


def link_folder(ledger: Ledger, api: EncordApi, folder: str, dataset: str, task: Task) -> Linked:
    """Give every item of *folder* a row in *dataset*, which is made when it is absent."""
    return link_items(ledger, api, Query(folder), dataset, task)


def link_items(ledger: Ledger, api: EncordApi, selection: Selection, dataset: str, task: Task) -> Linked:
    """Give every selected item a row in *dataset*, which is made when it is absent, in the order of the selection.

    What is there is read first and only what is absent is sent, so a try that died is gone on with, and doing it
    again changes nothing. Encord skips items that another task has linked meanwhile.
    """
    dataset_uuid = made_dataset(ledger, api, dataset, task).uuid
    there = api.linked(dataset_uuid)
    items = selected(selection, ledger, api)
    absent = [uuid for uuid in items if uuid not in there]
    api.link(dataset_uuid, absent)
    return Linked(dataset_uuid, len(absent), len(items) - len(absent))


def link_anew(
    ledger: Ledger,
    api: EncordApi,
    selection: Selection,
    dataset: str,
    task: Task,
    *,
    storage: Storage,
    duplicates: OnDuplicates,
) -> Linked:
    """Give every selected item one more row in *dataset*; with ``FAIL`` only if none of them has a row.

    How many rows each has is written down in *storage* before anything is sent. So a later try of the same task
    links only what has none more than then, and what an earlier try has linked does not fail it.

    Raises:
        AlreadyLinked: Some of them have a row, *duplicates* is ``FAIL``, and nothing was sent.

    """
    dataset_uuid = made_dataset(ledger, api, dataset, task).uuid
    items = selected(selection, ledger, api)
    now = Counter(row.item for row in api.rows(dataset_uuid))
    before = _written_down(storage, task, {uuid: now[uuid] for uuid in items if now[uuid]})
    twice = [uuid for uuid in items if before.get(uuid)]
    if twice and duplicates == "FAIL":
        raise AlreadyLinked(dataset, [f"{items[uuid]} {uuid}".strip() for uuid in twice])
    wanting = [uuid for uuid in items if now[uuid] <= before.get(uuid, 0)]
    api.link(dataset_uuid, wanting, duplicates)
    return Linked(dataset_uuid, len(wanting), len(items) - len(wanting))


def _written_down(storage: Storage, task: Task, rows: dict[str, int]) -> dict[str, int]:
    """Return how many rows the items had when the first try of *task* began; *rows*, if this is the first."""
    name = f"links/{task.name.replace(':', '_')}.json"
    try:
        stored: dict[str, int] = json.loads(storage.read(storage.uri(name)))
    except NotFound:
        storage.write(name, json.dumps(rows).encode())
        return rows
    return stored

"""Data rows: the links between a dataset and the items it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, delete, select

from encord_provider.sandbox import datasets, folders, items
from encord_provider.sandbox.database import in_chunks, insert_many
from encord_provider.sandbox.errors import ConflictError, NotFoundError
from encord_provider.sandbox.kinds import DATA_TYPES
from encord_provider.sandbox.stamps import stamp
from encord_provider.sandbox.tables import data_rows
from encord_provider.sandbox.tables import items as items_table

_ROWS = select(
    items_table,
    data_rows.c.uuid.label("row_uuid"),
    data_rows.c.seq.label("row_seq"),
    data_rows.c.dataset_uuid,
    data_rows.c.created_at.label("row_created_at"),
    data_rows.c.last_edited_at.label("row_last_edited_at"),
).join(items_table, items_table.c.uuid == data_rows.c.item_uuid)


def add(connection: Connection, dataset_uuid: str, item_uuids: Sequence[str], now: str) -> list[str]:
    """Link items to a dataset; return the UUIDs of the new rows, item by item."""
    added = [str(uuid4()) for _ in item_uuids]
    common = {"dataset_uuid": dataset_uuid, "created_at": now, "last_edited_at": now}
    new = [{"uuid": row, "item_uuid": item} | common for row, item in zip(added, item_uuids, strict=True)]
    insert_many(connection, data_rows, new)
    datasets.touch(connection, dataset_uuid, now)
    return added


def link(
    connection: Connection, dataset_uuid: str, item_uuids: Sequence[str], duplicates: str, now: str
) -> list[RowMapping]:
    """Link items as a client asks; return the rows that are new.

    Args:
        connection: Where to write.
        dataset_uuid: The dataset.
        item_uuids: Items to link.
        duplicates: What to do with items that are linked already: SKIP, DUPLICATE or FAIL.
        now: The time.

    Raises:
        ForbiddenError: An item does not exist.
        ConflictError: An item is linked already, and *duplicates* is FAIL.
    """
    datasets.get(connection, dataset_uuid)
    wanted = list(item_uuids) if duplicates == "DUPLICATE" else list(dict.fromkeys(item_uuids))
    items.get_all(connection, wanted)
    if duplicates != "DUPLICATE":
        there = _linked(connection, dataset_uuid, wanted)
        if there and duplicates == "FAIL":
            raise ConflictError(f"{len(there)} items are in the dataset already, the first is {min(there)}.")
        wanted = [item for item in wanted if item not in there]
    if not wanted:
        return []
    return get_all(connection, add(connection, dataset_uuid, wanted, now))


def get_all(connection: Connection, uuids: Sequence[str]) -> list[RowMapping]:
    """Return data rows with their items, oldest first."""
    rows: list[RowMapping] = []
    for chunk in in_chunks(uuids):
        rows += connection.execute(
            _ROWS.where(data_rows.c.uuid.in_(chunk)).order_by(data_rows.c.seq)
        ).mappings()
    return rows


def get(connection: Connection, uuid: str) -> RowMapping:
    """Return one data row with its item.

    Raises:
        NotFoundError: There is none.
    """
    rows = get_all(connection, [uuid])
    if not rows:
        raise NotFoundError(f"No data row {uuid}.")
    return rows[0]


@dataclass(frozen=True)
class RowQuery:
    """The filters of a listing of data rows; those of time are exclusive, a filter of None passes all."""

    title_eq: str | None = None
    title_like: str | None = None
    created_before: datetime | None = None
    created_after: datetime | None = None
    data_types: list[str] | None = None
    data_hashes: list[str] | None = None


def of_dataset(connection: Connection, dataset_uuid: str, query: RowQuery) -> list[RowMapping]:
    """Return the data rows of a dataset that pass every filter, oldest first."""
    rows, item = data_rows.c, items_table.c
    selection = _ROWS.where(rows.dataset_uuid == dataset_uuid).order_by(rows.seq)
    if query.title_eq is not None:
        selection = selection.where(item.name == query.title_eq)
    if query.title_like is not None:
        selection = selection.where(item.name.like(query.title_like))
    if query.created_before is not None:
        selection = selection.where(rows.created_at < stamp(query.created_before))
    if query.created_after is not None:
        selection = selection.where(rows.created_at > stamp(query.created_after))
    if query.data_types is not None:
        wanted = [item_type for item_type, data_type in DATA_TYPES.items() if data_type in query.data_types]
        selection = selection.where(item.item_type.in_(wanted))
    found = connection.execute(selection).mappings()
    if query.data_hashes is None:
        return list(found)
    hashes = set(query.data_hashes)
    return [row for row in found if row["row_uuid"] in hashes]


def remove(connection: Connection, uuids: Sequence[str], now: str) -> None:
    """Take rows out of their datasets; of a dataset that mirrors a folder, the items go too.

    Raises:
        NotFoundError: A row does not exist.
    """
    rows = get_all(connection, uuids)
    if len(rows) < len(set(uuids)):
        raise NotFoundError("A data row does not exist.")
    for chunk in in_chunks(uuids):
        connection.execute(delete(data_rows).where(data_rows.c.uuid.in_(chunk)))
    for dataset_uuid in {row["dataset_uuid"] for row in rows}:
        folder = datasets.get(connection, dataset_uuid)["backing_folder_uuid"]
        datasets.touch(connection, dataset_uuid, now)
        if folder is not None:
            mirrored = [row["uuid"] for row in rows if row["folder_uuid"] == folder]
            items.remove(connection, mirrored, unused_frames=True)


def uses(connection: Connection, item_uuid: str) -> list[dict[str, Any]]:
    """Return, as the API shows them, the datasets that an item is linked to."""
    selection = select(data_rows).where(data_rows.c.item_uuid == item_uuid).order_by(data_rows.c.seq)
    rows = list(connection.execute(selection).mappings())
    by_dataset: dict[str, list[RowMapping]] = {}
    for row in rows:
        by_dataset.setdefault(row["dataset_uuid"], []).append(row)
    found = []
    for uuid, linked in by_dataset.items():
        dataset = datasets.get(connection, uuid)
        found.append(
            {
                "datasetHash": uuid,
                "backingFolderUuid": dataset["backing_folder_uuid"],
                "title": dataset["title"],
                "dataHashes": [row["uuid"] for row in linked],
                "dataUnitsCreatedAt": linked[0]["created_at"],
            }
        )
    return found


def follow_move(
    connection: Connection, item_uuids: Sequence[str], left: str | None, folder_uuid: str, now: str
) -> None:
    """Keep mirror datasets in step with items that moved: out of the one they *left*, into the new folder's."""
    if left is not None:
        for chunk in in_chunks(item_uuids):
            gone = data_rows.c.item_uuid.in_(chunk)
            connection.execute(delete(data_rows).where(data_rows.c.dataset_uuid == left, gone))
    mirror = folders.get(connection, folder_uuid)["synced_dataset_uuid"]
    if mirror is not None:
        link(connection, mirror, item_uuids, "SKIP", now)


def _linked(connection: Connection, dataset_uuid: str, item_uuids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for chunk in in_chunks(item_uuids):
        here = select(data_rows.c.item_uuid).where(
            data_rows.c.dataset_uuid == dataset_uuid, data_rows.c.item_uuid.in_(chunk)
        )
        found.update(connection.scalars(here))
    return found

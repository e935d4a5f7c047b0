"""What the pages ask of the world beyond what the API asks of it: counts, and one screenful at a time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, func, select

from encord_provider.sandbox.jobs import State
from encord_provider.sandbox.tables import data_rows, datasets, folders, items, jobs, units


@dataclass
class Contents:
    """What lies directly in a folder, the frames of groups left out."""

    items: dict[str, int] = field(default_factory=dict)
    """Count by item type."""

    size: int = 0
    """Bytes."""


@dataclass(frozen=True)
class FolderNode:
    """A folder at its place in the tree."""

    folder: RowMapping
    depth: int
    contents: Contents


def folder_tree(connection: Connection, largest: int) -> list[FolderNode]:
    """Return up to *largest* folders, every one right below its parent, in the order of their making."""
    known = connection.execute(select(folders).order_by(folders.c.seq).limit(largest)).mappings()
    below: dict[str | None, list[RowMapping]] = defaultdict(list)
    for folder in known:
        below[folder["parent"]].append(folder)
    contents = _contents(connection, items.c.is_frame.is_(False))
    nodes: list[FolderNode] = []
    waiting = [(folder, 0) for folder in reversed(below[None])]
    while waiting:
        folder, depth = waiting.pop()
        nodes.append(FolderNode(folder, depth, contents[folder["uuid"]]))
        waiting += [(child, depth + 1) for child in reversed(below[folder["uuid"]])]
    return nodes


def contents_of(connection: Connection, folder_uuid: str) -> Contents:
    """Return what lies directly in one folder."""
    return _contents(connection, items.c.is_frame.is_(False), items.c.folder_uuid == folder_uuid)[folder_uuid]


def _contents(connection: Connection, *where: ColumnElement[bool]) -> dict[str, Contents]:
    found: dict[str, Contents] = defaultdict(Contents)
    size = func.coalesce(func.sum(items.c.file_size), 0)
    counted = select(items.c.folder_uuid, items.c.item_type, func.count(), size).where(*where)
    for folder, item_type, count, total in connection.execute(
        counted.group_by(items.c.folder_uuid, items.c.item_type)
    ):
        found[folder].items[item_type] = count
        found[folder].size += total
    return found


def folder_names(connection: Connection, uuids: Iterable[str]) -> dict[str, str]:
    """Return the names of those folders that still exist, by UUID."""
    selection = select(folders.c.uuid, folders.c.name).where(folders.c.uuid.in_(set(uuids)))
    return {folder.uuid: folder.name for folder in connection.execute(selection)}


@dataclass(frozen=True)
class Totals:
    """How much there is in all."""

    folders: int
    items: int
    data_rows: int
    jobs: int
    refused_units: int


def totals(connection: Connection) -> Totals:
    """Count everything."""
    shown = select(func.count()).select_from(items).where(items.c.is_frame.is_(False))
    refused = select(func.coalesce(func.sum(jobs.c.error), 0))
    return Totals(
        folders=_count(connection, folders),
        items=connection.scalar(shown) or 0,
        data_rows=_count(connection, data_rows),
        jobs=_count(connection, jobs),
        refused_units=connection.scalar(refused) or 0,
    )


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def datasets_with_rows(connection: Connection, largest: int) -> list[RowMapping]:
    """Return the newest datasets, each with the number of its data rows as ``row_count``."""
    rows = select(func.count()).where(data_rows.c.dataset_uuid == datasets.c.uuid).scalar_subquery()
    newest = select(datasets, rows.label("row_count")).order_by(datasets.c.seq.desc()).limit(largest)
    return list(connection.execute(newest).mappings())


def rows_of_dataset(connection: Connection, uuid: str, *, after: int, largest: int) -> list[RowMapping]:
    """Return items in the order in which a dataset shows them, from after the row numbered *after* (``row_seq``)."""
    selection = (
        select(items, data_rows.c.seq.label("row_seq"), data_rows.c.created_at.label("row_created_at"))
        .join(data_rows, data_rows.c.item_uuid == items.c.uuid)
        .where(data_rows.c.dataset_uuid == uuid, data_rows.c.seq > after)
        .order_by(data_rows.c.seq)
        .limit(largest)
    )
    return list(connection.execute(selection).mappings())


def skipped_units(connection: Connection, job_uuid: str) -> int:
    """Count the units of a job that were done without an item, since their URLs were registered before."""
    skipped = select(func.count()).where(
        units.c.job_uuid == job_uuid, units.c.state == State.DONE, units.c.item_uuid.is_(None)
    )
    return connection.scalar(skipped) or 0


def refused_units(connection: Connection, job_uuid: str, largest: int) -> Sequence[RowMapping]:
    """Return the first refused units of a job."""
    refused = select(units).where(units.c.job_uuid == job_uuid, units.c.state == State.ERROR)
    return connection.execute(refused.order_by(units.c.seq).limit(largest)).mappings().all()


def count_jobs(connection: Connection, folder_uuid: str) -> int:
    """Count the upload jobs of one folder."""
    selection = select(func.count()).select_from(jobs).where(jobs.c.folder_uuid == folder_uuid)
    return connection.scalar(selection) or 0


def count_rows(connection: Connection, dataset_uuid: str) -> int:
    """Count the data rows of one dataset."""
    selection = select(func.count()).select_from(data_rows).where(data_rows.c.dataset_uuid == dataset_uuid)
    return connection.scalar(selection) or 0

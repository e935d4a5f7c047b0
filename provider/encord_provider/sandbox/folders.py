"""Storage folders: a tree whose leaves are items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import CTE, Connection, RowMapping, Select, delete, false, func, insert, select, update

from encord_provider.sandbox import jobs
from encord_provider.sandbox.errors import ForbiddenError, InvalidError
from encord_provider.sandbox.paging import Page, PageQuery, read_page
from encord_provider.sandbox.tables import data_rows, folders, item_children, items, syncs
from encord_provider.sandbox.tables import jobs as jobs_table


class FolderQuery(PageQuery):
    """The query parameters of a listing of folders."""

    dataset_synced: bool | None = None
    include_org_access: bool | None = None
    organisation_tag_names_allof: list[str] | None = None


@dataclass(frozen=True)
class NewFolder:
    """What a folder is made of."""

    name: str
    owner: str
    description: str = ""
    parent: str | None = None
    client_metadata: str | None = None
    integration_uuid: str | None = None
    remote_url: str | None = None
    synced_dataset_uuid: str | None = None


def create(connection: Connection, folder: NewFolder, now: str) -> RowMapping:
    """Make a folder; names need not be unique.

    Raises:
        ForbiddenError: There is no such parent.
    """
    if folder.parent is not None:
        get(connection, folder.parent)
    uuid = str(uuid4())
    values = vars(folder) | {"uuid": uuid, "created_at": now, "last_edited_at": now}
    connection.execute(insert(folders).values(values))
    return get(connection, uuid)


def get(connection: Connection, uuid: str) -> RowMapping:
    """Return a folder.

    Raises:
        ForbiddenError: There is none; Encord does not tell absence from lack of access.
    """
    row = connection.execute(select(folders).where(folders.c.uuid == uuid)).mappings().one_or_none()
    if row is None:
        raise ForbiddenError(f"No storage folder {uuid}, or no access to it.")
    return row


def path_to_root(connection: Connection, folder: RowMapping) -> list[RowMapping]:
    """Return the folder itself, its parent, and so on up to the top level."""
    path = [folder]
    while path[-1]["parent"] is not None:
        path.append(get(connection, path[-1]["parent"]))
    return path


def top_level(connection: Connection, query: FolderQuery, largest: int) -> Page:
    """Return a page of the folders without a parent."""
    return _page(connection, select(folders).where(folders.c.parent.is_(None)), query, largest)


def everywhere(connection: Connection, query: FolderQuery, largest: int) -> Page:
    """Return a page of all folders."""
    return _page(connection, select(folders), query, largest)


def below(connection: Connection, uuid: str, query: FolderQuery, largest: int) -> Page:
    """Return a page of a folder's subfolders: its children, or all descendants where the query is recursive."""
    get(connection, uuid)
    if not query.is_recursive:
        return _page(connection, select(folders).where(folders.c.parent == uuid), query, largest)
    tree = subtree(uuid)
    inside = select(folders).where(folders.c.uuid.in_(select(tree.c.uuid)), folders.c.uuid != uuid)
    return _page(connection, inside, query, largest)


def subtree(uuid: str) -> CTE:
    """Return the query for the UUIDs of a folder and all folders below it."""
    tree = select(folders.c.uuid).where(folders.c.uuid == uuid).cte("subtree", recursive=True)
    return tree.union_all(select(folders.c.uuid).where(folders.c.parent == tree.c.uuid))


def change(connection: Connection, uuid: str, values: Mapping[str, Any], now: str) -> RowMapping:
    """Overwrite columns of a folder."""
    get(connection, uuid)
    connection.execute(update(folders).where(folders.c.uuid == uuid).values(**values, last_edited_at=now))
    return get(connection, uuid)


def move(connection: Connection, uuids: Sequence[str], parent: str | None, now: str) -> None:
    """Hang folders below another one, or at the top level.

    Raises:
        ForbiddenError: A folder does not exist.
        InvalidError: A folder would lie within itself.
    """
    above = {row["uuid"] for row in path_to_root(connection, get(connection, parent))} if parent else set()
    if above & set(uuids):
        raise InvalidError("A folder cannot be moved into itself or below itself.")
    for uuid in uuids:
        change(connection, uuid, {"parent": parent}, now)


def remove(connection: Connection, uuid: str, now: str) -> None:
    """Delete a folder with everything below it, the data rows that its items backed and the work that was left."""
    get(connection, uuid)
    tree = list(connection.scalars(select(subtree(uuid).c.uuid)))
    doomed = select(items.c.uuid).where(items.c.folder_uuid.in_(tree))
    connection.execute(delete(data_rows).where(data_rows.c.item_uuid.in_(doomed)))
    connection.execute(delete(item_children).where(item_children.c.parent_uuid.in_(doomed)))
    connection.execute(delete(item_children).where(item_children.c.child_uuid.in_(doomed)))
    connection.execute(delete(items).where(items.c.folder_uuid.in_(tree)))
    connection.execute(delete(syncs).where(syncs.c.folder_uuid.in_(tree)))
    for job in jobs.unfinished(connection):
        if job["folder_uuid"] in tree:
            jobs.cancel(connection, job["uuid"], now)
    connection.execute(delete(folders).where(folders.c.uuid.in_(tree)))


@dataclass(frozen=True)
class FolderSummary:
    """How much a folder and everything below it hold."""

    items: dict[str, int]
    """Count by item type."""

    folders: int
    tombstones: int
    upload_jobs: int
    total_size: int
    """Bytes."""


def summary(connection: Connection, uuid: str) -> FolderSummary:
    """Count what a folder and its subfolders hold."""
    get(connection, uuid)
    tree = list(connection.scalars(select(subtree(uuid).c.uuid)))
    here = items.c.folder_uuid.in_(tree)
    counts = select(items.c.item_type, func.count().label("total")).where(here).group_by(items.c.item_type)
    sizes = select(
        func.coalesce(func.sum(items.c.file_size), 0), func.coalesce(func.sum(items.c.is_tombstone), 0)
    )
    total_size, tombstones = connection.execute(sizes.where(here)).one()
    started = select(func.count()).select_from(jobs_table).where(jobs_table.c.folder_uuid.in_(tree))
    return FolderSummary(
        items={row.item_type: row.total for row in connection.execute(counts)},
        folders=len(tree) - 1,
        tombstones=tombstones,
        upload_jobs=connection.scalar(started) or 0,
        total_size=total_size,
    )


def _page(connection: Connection, selection: Select[Any], query: FolderQuery, largest: int) -> Page:
    if query.organisation_tag_names_allof:
        selection = selection.where(false())  # the SDK can tag no folder, so none has a tag
    if query.dataset_synced is not None:
        synced = folders.c.synced_dataset_uuid
        selection = selection.where(synced.is_not(None) if query.dataset_synced else synced.is_(None))
    return read_page(connection, selection, folders, query, largest)

"""Storage items: what a folder holds."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import Field
from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from encord_provider.sandbox import folders
from encord_provider.sandbox.database import in_chunks, insert_many
from encord_provider.sandbox.errors import ForbiddenError
from encord_provider.sandbox.paging import Page, PageQuery, read_page
from encord_provider.sandbox.tables import data_rows, item_children, items


class ItemQuery(PageQuery):
    """The query parameters of a listing of items."""

    is_in_dataset: bool | None = None
    item_types: list[str] = Field(default_factory=list)
    include_org_access: bool | None = None
    sign_urls: bool = False
    include_client_metadata: bool | None = None
    client_metadata_as_signed_url: bool | None = None


BACKED = select(func.count()).where(data_rows.c.item_uuid == items.c.uuid).scalar_subquery().label("backed")
"""How many data rows an item backs."""

WITH_BACKED = select(items, BACKED)
"""Items with everything that the wire tells of them."""


def get(connection: Connection, uuid: str) -> RowMapping:
    """Return an item.

    Raises:
        ForbiddenError: There is none; Encord does not tell absence from lack of access.
    """
    return get_all(connection, [uuid])[0]


def get_all(connection: Connection, uuids: Sequence[str]) -> list[RowMapping]:
    """Return items in the order asked for.

    Raises:
        ForbiddenError: One of them does not exist.
    """
    found: dict[str, RowMapping] = {}
    for chunk in in_chunks(uuids):
        rows = connection.execute(WITH_BACKED.where(items.c.uuid.in_(chunk))).mappings()
        found.update((row["uuid"], row) for row in rows)
    for uuid in uuids:
        if uuid not in found:
            raise ForbiddenError(f"No storage item {uuid}, or no access to it.")
    return [found[uuid] for uuid in uuids]


def page(connection: Connection, folder_uuid: str | None, query: ItemQuery, largest: int) -> Page:
    """Return a page of a folder's items; of everything below it where the query is recursive; of all without a folder.

    The frames of a group and the files of a DICOM series show only where their item type is asked for by name:
    "only DicomSeries files show in the app" (Encord, "Register Cloud Data").
    """
    selection = WITH_BACKED
    if folder_uuid is not None:
        folders.get(connection, folder_uuid)
        here: ColumnElement[bool] = items.c.folder_uuid == folder_uuid
        if query.is_recursive:
            here = items.c.folder_uuid.in_(select(folders.subtree(folder_uuid).c.uuid))
        selection = selection.where(here)
    return read_page(connection, _filtered(selection, query), items, query, largest)


def _filtered(selection: Select[Any], query: ItemQuery) -> Select[Any]:
    shown: ColumnElement[bool] = items.c.is_frame.is_(False)
    if "dicomFile" in query.item_types:
        shown = or_(shown, items.c.item_type == "dicomFile")
    selection = selection.where(shown)
    if query.item_types:
        selection = selection.where(items.c.item_type.in_(query.item_types))
    if query.is_in_dataset is not None:
        linked = exists().where(data_rows.c.item_uuid == items.c.uuid)
        selection = selection.where(linked if query.is_in_dataset else ~linked)
    return selection


def children(connection: Connection, uuid: str) -> list[RowMapping]:
    """Return the frames of a group or the files of a series, in order."""
    joined = WITH_BACKED.join(item_children, item_children.c.child_uuid == items.c.uuid)
    ordered = joined.where(item_children.c.parent_uuid == uuid).order_by(item_children.c.position)
    return list(connection.execute(ordered).mappings())


def parents(connection: Connection, uuid: str) -> list[RowMapping]:
    """Return the groups and series that hold an item."""
    joined = WITH_BACKED.join(item_children, item_children.c.parent_uuid == items.c.uuid)
    return list(connection.execute(joined.where(item_children.c.child_uuid == uuid)).mappings())


def identities(connection: Connection, folder_uuid: str, wanted: Sequence[str]) -> dict[str, str]:
    """Return which of the *wanted* identities a folder already holds, with the UUID of the item that has it."""
    found: dict[str, str] = {}
    for chunk in in_chunks(wanted):
        known = select(items.c.identity, items.c.uuid).where(
            items.c.folder_uuid == folder_uuid, items.c.identity.in_(chunk), items.c.is_frame.is_(False)
        )
        found.update((identity, uuid) for identity, uuid in connection.execute(known))
    return found


def existing(connection: Connection, uuids: Sequence[str]) -> set[str]:
    """Return which of these UUIDs are items."""
    found: set[str] = set()
    for chunk in in_chunks(uuids):
        found.update(connection.scalars(select(items.c.uuid).where(items.c.uuid.in_(chunk))))
    return found


def add(
    connection: Connection, rows: Sequence[Mapping[str, Any]], links: Sequence[Mapping[str, Any]]
) -> None:
    """Store new items, and which of them are whose children."""
    insert_many(connection, items, rows)
    insert_many(connection, item_children, links)


def change(connection: Connection, uuid: str, values: Mapping[str, Any], now: str) -> None:
    """Overwrite columns of an item.

    Raises:
        ForbiddenError: There is no such item.
    """
    changed = connection.execute(
        update(items).where(items.c.uuid == uuid).values(**values, last_edited_at=now)
    )
    if not changed.rowcount:
        raise ForbiddenError(f"No storage item {uuid}, or no access to it.")


def replace_metadata(connection: Connection, metadata: Mapping[str, str], now: str) -> None:
    """Overwrite the custom metadata of items, by UUID."""
    if metadata:
        changed = update(items).where(items.c.uuid == bindparam("item"))
        changed = changed.values(client_metadata=bindparam("new_metadata"), last_edited_at=now)
        connection.execute(changed, [{"item": uuid, "new_metadata": text} for uuid, text in metadata.items()])


def move(connection: Connection, uuids: Sequence[str], folder_uuid: str, now: str) -> None:
    """Put items, with the frames that only they show, into another folder."""
    folders.get(connection, folder_uuid)
    get_all(connection, uuids)
    moved = [*uuids, *_hidden_frames(connection, uuids)]
    for chunk in in_chunks(moved):
        here = update(items).where(items.c.uuid.in_(chunk))
        connection.execute(here.values(folder_uuid=folder_uuid, last_edited_at=now))


def remove(connection: Connection, uuids: Sequence[str], *, unused_frames: bool) -> int:
    """Delete items and the data rows they backed; return how many items are gone.

    Args:
        connection: Where to write.
        uuids: Items to delete.
        unused_frames: Delete also the frames and files that belong to none but these.
    """
    doomed = [*uuids, *(_hidden_frames(connection, uuids) if unused_frames else ())]
    for chunk in in_chunks(doomed):
        connection.execute(delete(data_rows).where(data_rows.c.item_uuid.in_(chunk)))
        connection.execute(delete(item_children).where(item_children.c.parent_uuid.in_(chunk)))
        connection.execute(delete(item_children).where(item_children.c.child_uuid.in_(chunk)))
        connection.execute(delete(items).where(items.c.uuid.in_(chunk)))
    return len(doomed)


def _hidden_frames(connection: Connection, uuids: Iterable[str]) -> list[str]:
    owners = list(uuids)
    elsewhere = item_children.alias()
    shared = exists().where(elsewhere.c.child_uuid == items.c.uuid, elsewhere.c.parent_uuid.not_in(owners))
    frames = (
        select(items.c.uuid)
        .join(item_children, item_children.c.child_uuid == items.c.uuid)
        .where(item_children.c.parent_uuid.in_(owners), items.c.is_frame, ~shared)
        .distinct()
    )
    return list(connection.scalars(frames))

"""Datasets: named collections of data rows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from encord_provider.sandbox import folders
from encord_provider.sandbox.errors import NotFoundError
from encord_provider.sandbox.folders import NewFolder
from encord_provider.sandbox.stamps import stamp
from encord_provider.sandbox.tables import dataset_users, datasets
from encord_provider.sandbox.wire.model import WireModel


class DatasetQuery(WireModel):
    """The filters of a listing of datasets; those of time are exclusive."""

    title_eq: str | None = None
    title_like: str | None = None
    description_eq: str | None = None
    description_like: str | None = None
    created_before: datetime | None = None
    created_after: datetime | None = None
    edited_before: datetime | None = None
    edited_after: datetime | None = None
    include_org_access: bool = False


def create(
    connection: Connection, *, title: str, description: str, owner: str, mirror: bool, now: str
) -> RowMapping:
    """Make a dataset; one that mirrors a folder gets that folder too, with its title for a name."""
    uuid = str(uuid4())
    values = {
        "uuid": uuid,
        "title": title,
        "description": description,
        "owner": owner,
        "created_at": now,
        "last_edited_at": now,
    }
    connection.execute(insert(datasets).values(values))
    if mirror:
        folder = folders.create(connection, NewFolder(name=title, owner=owner, synced_dataset_uuid=uuid), now)
        connection.execute(
            update(datasets).where(datasets.c.uuid == uuid).values(backing_folder_uuid=folder["uuid"])
        )
    return get(connection, uuid)


def get(connection: Connection, uuid: str) -> RowMapping:
    """Return a dataset.

    Raises:
        NotFoundError: There is none.
    """
    row = connection.execute(select(datasets).where(datasets.c.uuid == uuid)).mappings().one_or_none()
    if row is None:
        raise NotFoundError(f"No dataset {uuid}.")
    return row


def listing(connection: Connection, query: DatasetQuery) -> list[RowMapping]:
    """Return the datasets that pass every filter, oldest first."""
    c = datasets.c
    selection = select(datasets).order_by(c.seq)
    filters = (
        (query.title_eq, lambda value: c.title == value),
        (query.title_like, c.title.like),
        (query.description_eq, lambda value: c.description == value),
        (query.description_like, c.description.like),
    )
    for value, passes in filters:
        if value is not None:
            selection = selection.where(passes(value))
    moments = (
        (query.created_before, c.created_at.__lt__),
        (query.created_after, c.created_at.__gt__),
        (query.edited_before, c.last_edited_at.__lt__),
        (query.edited_after, c.last_edited_at.__gt__),
    )
    for moment, passes in moments:
        if moment is not None:
            selection = selection.where(passes(stamp(moment)))
    return list(connection.execute(selection).mappings())


def touch(connection: Connection, uuid: str, now: str) -> None:
    """Mark a dataset as edited."""
    connection.execute(update(datasets).where(datasets.c.uuid == uuid).values(last_edited_at=now))


def users(connection: Connection, uuid: str) -> dict[str, int]:
    """Return the role (0 admin, 1 user) of everyone who may enter, by e-mail address; the owner comes first."""
    owner = get(connection, uuid)["owner"]
    added = select(dataset_users.c.user_email, dataset_users.c.role).where(
        dataset_users.c.dataset_uuid == uuid
    )
    return {owner: 0} | {row.user_email: row.role for row in connection.execute(added)}


def add_users(connection: Connection, uuid: str, emails: Sequence[str], role: int) -> None:
    """Give users a role (0 admin, 1 user), in place of an earlier one."""
    get(connection, uuid)
    for email in emails:
        statement = upsert(dataset_users).values(dataset_uuid=uuid, user_email=email, role=role)
        keys = ["dataset_uuid", "user_email"]
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"role": role}))


def remove_users(connection: Connection, uuid: str, emails: Sequence[str]) -> None:
    """Take users' roles away."""
    get(connection, uuid)
    here = dataset_users.c.dataset_uuid == uuid
    connection.execute(delete(dataset_users).where(here, dataset_users.c.user_email.in_(emails)))

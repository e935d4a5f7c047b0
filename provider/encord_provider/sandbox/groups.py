"""Groups of users, and what they may enter."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from encord_provider.sandbox.errors import NotFoundError
from encord_provider.sandbox.tables import group_access, group_users, groups


def create(connection: Connection, name: str, description: str, now: str) -> RowMapping:
    """Make a group."""
    uuid = str(uuid4())
    values = {"uuid": uuid, "name": name, "description": description, "created_at": now}
    connection.execute(insert(groups).values(values))
    return get(connection, uuid)


def get(connection: Connection, uuid: str) -> RowMapping:
    """Return a group.

    Raises:
        NotFoundError: There is none.
    """
    row = connection.execute(select(groups).where(groups.c.uuid == uuid)).mappings().one_or_none()
    if row is None:
        raise NotFoundError(f"No group {uuid}.")
    return row


def listing(connection: Connection) -> list[RowMapping]:
    """Return all groups, oldest first."""
    return list(connection.execute(select(groups).order_by(groups.c.seq)).mappings())


def change(connection: Connection, uuid: str, values: Mapping[str, str]) -> RowMapping:
    """Overwrite columns of a group."""
    get(connection, uuid)
    connection.execute(update(groups).where(groups.c.uuid == uuid).values(**values))
    return get(connection, uuid)


def remove(connection: Connection, uuid: str) -> None:
    """Delete a group."""
    get(connection, uuid)
    connection.execute(delete(group_access).where(group_access.c.group_uuid == uuid))
    connection.execute(delete(group_users).where(group_users.c.group_uuid == uuid))
    connection.execute(delete(groups).where(groups.c.uuid == uuid))


def users(connection: Connection, uuid: str) -> list[str]:
    """Return the e-mail addresses of a group's members."""
    get(connection, uuid)
    return list(connection.scalars(select(group_users.c.user_email).where(group_users.c.group_uuid == uuid)))


def add_users(connection: Connection, uuid: str, emails: Sequence[str]) -> None:
    """Add members to a group."""
    get(connection, uuid)
    rows = [{"group_uuid": uuid, "user_email": email} for email in emails]
    connection.execute(upsert(group_users).on_conflict_do_nothing(), rows)


def remove_users(connection: Connection, uuid: str, emails: Sequence[str]) -> None:
    """Take members out of a group."""
    gone = group_users.c.user_email.in_(emails)
    connection.execute(delete(group_users).where(group_users.c.group_uuid == uuid, gone))


def grant(connection: Connection, entity_uuid: str, group_uuids: Sequence[str], role: str) -> None:
    """Give groups a role on a folder or a dataset.

    Raises:
        NotFoundError: A group does not exist.
    """
    for uuid in group_uuids:
        get(connection, uuid)
        statement = upsert(group_access).values(group_uuid=uuid, entity_uuid=entity_uuid, role=role)
        keys = ["group_uuid", "entity_uuid"]
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"role": role}))


def revoke(connection: Connection, entity_uuid: str, group_uuids: Sequence[str]) -> None:
    """Take their role on a folder or a dataset from groups."""
    here = group_access.c.entity_uuid == entity_uuid
    connection.execute(delete(group_access).where(here, group_access.c.group_uuid.in_(group_uuids)))


def with_access(connection: Connection, entity_uuid: str) -> list[dict[str, Any]]:
    """Return, as the API shows them, the groups that have a role on a folder or a dataset."""
    selection = select(groups, group_access.c.role).join(
        group_access, group_access.c.group_uuid == groups.c.uuid
    )
    rows = connection.execute(selection.where(group_access.c.entity_uuid == entity_uuid)).mappings()
    return [as_wire(row) | {"isSameOrganisation": True, "userRole": _role(row["role"])} for row in rows]


def as_wire(row: RowMapping) -> dict[str, Any]:
    """Return a group as the API shows it."""
    return {
        "groupHash": row["uuid"],
        "name": row["name"],
        "description": row["description"],
        "createdAt": row["created_at"],
    }


def _role(role: str) -> str | int:
    # the role on a dataset is a number, that on a folder a word (encord 0.1.211, orm/group.py)
    return int(role) if role.isdigit() else role

"""The organisation's tags."""

from uuid import uuid4

from sqlalchemy import Connection, RowMapping, delete, insert, select

from encord_provider.sandbox.errors import ConflictError, NotFoundError
from encord_provider.sandbox.tables import tags


def create(connection: Connection, name: str, description: str | None) -> RowMapping:
    """Make a tag.

    Raises:
        ConflictError: One of that name exists.
    """
    if connection.scalar(select(tags.c.uuid).where(tags.c.name == name)) is not None:
        raise ConflictError(f"An organisation tag named {name!r} exists already.")
    uuid = str(uuid4())
    connection.execute(insert(tags).values(uuid=uuid, name=name, description=description))
    return connection.execute(select(tags).where(tags.c.uuid == uuid)).mappings().one()


def listing(connection: Connection) -> list[RowMapping]:
    """Return all tags, oldest first."""
    return list(connection.execute(select(tags).order_by(tags.c.seq)).mappings())


def remove(connection: Connection, uuid: str) -> None:
    """Delete a tag.

    Raises:
        NotFoundError: There is none.
    """
    if not connection.execute(delete(tags).where(tags.c.uuid == uuid)).rowcount:
        raise NotFoundError(f"No organisation tag {uuid}.")

"""Synchronisations of a cloud-synced folder with the prefix that it follows.

A synchronisation scans the prefix, then registers what it found in an upload job that has its UUID.
"""

from uuid import uuid4

from sqlalchemy import Connection, RowMapping, insert, select, update

from encord_provider.sandbox import folders, jobs
from encord_provider.sandbox.errors import InvalidError, NotFoundError
from encord_provider.sandbox.jobs import State
from encord_provider.sandbox.tables import syncs


def start(connection: Connection, folder_uuid: str, owner: str, now: str) -> str:
    """Ask for a synchronisation; return its UUID.

    Raises:
        InvalidError: The folder follows no prefix.
    """
    if not folders.get(connection, folder_uuid)["remote_url"]:
        raise InvalidError("The folder is not a cloud-synced folder.")
    uuid = str(uuid4())
    values = {
        "uuid": uuid,
        "folder_uuid": folder_uuid,
        "owner": owner,
        "created_at": now,
        "status": State.PENDING,
    }
    connection.execute(insert(syncs).values(values))
    return uuid


def get(connection: Connection, uuid: str, folder_uuid: str) -> RowMapping:
    """Return a folder's synchronisation.

    Raises:
        NotFoundError: There is none.
    """
    selection = select(syncs).where(syncs.c.uuid == uuid, syncs.c.folder_uuid == folder_uuid)
    row = connection.execute(selection).mappings().one_or_none()
    if row is None:
        raise NotFoundError(f"No synchronisation {uuid} of this folder.")
    return row


def is_unscanned(connection: Connection, uuid: str) -> bool:
    """Tell whether a synchronisation still waits for its scan; it does not when its folder is gone."""
    selection = select(syncs.c.uuid).where(syncs.c.uuid == uuid, syncs.c.status == State.PENDING)
    return connection.scalar(selection) is not None


def unscanned(connection: Connection) -> list[RowMapping]:
    """Return the synchronisations whose prefix is still to be scanned, oldest first."""
    return list(connection.execute(select(syncs).where(syncs.c.status == State.PENDING)).mappings())


def close_scan(connection: Connection, uuid: str, *, pages: int, error: str | None = None) -> None:
    """Write down how the scan went: pages read, or what stopped it."""
    values = {
        "status": State.DONE if error is None else State.ERROR,
        "pages_done": pages,
        "pages_error": 0 if error is None else 1,
        "error": error,
    }
    connection.execute(update(syncs).where(syncs.c.uuid == uuid).values(values))


def upload_job(connection: Connection, sync: RowMapping) -> RowMapping | None:
    """Return the upload job of a synchronisation; None if it has none, or none yet."""
    try:
        return jobs.get(connection, sync["uuid"])
    except NotFoundError:
        return None


def status(connection: Connection, sync: RowMapping) -> State:
    """Return how far a synchronisation is, its upload job included."""
    job = upload_job(connection, sync)
    return State(sync["status"] if job is None else job["status"])

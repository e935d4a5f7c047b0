"""Upload jobs: what was asked, and how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, insert, select, update

from encord_provider.sandbox.database import insert_many
from encord_provider.sandbox.errors import NotFoundError
from encord_provider.sandbox.manifests import Manifest
from encord_provider.sandbox.tables import job_errors, jobs, units
from encord_provider.sandbox.units import Unit


class State(StrEnum):
    """Of a job, and of each of its units."""

    PENDING = "PENDING"
    DONE = "DONE"
    ERROR = "ERROR"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class NewJob:
    """What a job is started with, besides its manifest."""

    folder_uuid: str
    owner: str
    integration_uuid: str | None
    ignore_errors: bool
    file_name: str | None = None
    dataset_uuid: str | None = None
    """Dataset that the items are linked to as well; only the legacy API asks for it."""

    uuid: str = field(default_factory=lambda: str(uuid4()))


def start(connection: Connection, job: NewJob, manifest: Manifest, now: str) -> str:
    """Store a job with all its units; return its UUID."""
    empty = not manifest.units
    values = vars(job) | {
        "created_at": now,
        "finished_at": now if empty else None,
        "skip_duplicate_urls": manifest.skip_duplicate_urls,
        "upsert_metadata": manifest.upsert_metadata,
        "status": State.DONE if empty else State.PENDING,
        "pending": len(manifest.units),
    }
    connection.execute(insert(jobs).values(values))
    insert_many(connection, units, [_row(job.uuid, unit) for unit in manifest.units])
    return job.uuid


def get(connection: Connection, uuid: str, *, folder_uuid: str | None = None) -> RowMapping:
    """Return a job, of a certain folder if one is named.

    Raises:
        NotFoundError: There is none.
    """
    selection = select(jobs).where(jobs.c.uuid == uuid)
    if folder_uuid is not None:
        selection = selection.where(jobs.c.folder_uuid == folder_uuid)
    row = connection.execute(selection).mappings().one_or_none()
    if row is None:
        raise NotFoundError(f"No upload job {uuid}.")
    return row


def unfinished(connection: Connection) -> list[RowMapping]:
    """Return the jobs with work left, oldest first."""
    selection = select(jobs).where(jobs.c.status == State.PENDING).order_by(jobs.c.seq)
    return list(connection.execute(selection).mappings())


def recent(connection: Connection, *, folder_uuid: str | None = None, limit: int = 100) -> list[RowMapping]:
    """Return the newest jobs first, of one folder or of all."""
    selection = select(jobs).order_by(jobs.c.seq.desc()).limit(limit)
    if folder_uuid is not None:
        selection = selection.where(jobs.c.folder_uuid == folder_uuid)
    return list(connection.execute(selection).mappings())


def pending_units(connection: Connection, job_uuid: str, limit: int) -> list[RowMapping]:
    """Return the next units of a job, in the order of its manifest."""
    selection = select(units).where(units.c.job_uuid == job_uuid, units.c.state == State.PENDING)
    return list(connection.execute(selection.order_by(units.c.seq).limit(limit)).mappings())


def registered_units(connection: Connection, job_uuid: str) -> list[RowMapping]:
    """Return the units of a job that became items; units that were skipped as duplicates did not."""
    selection = select(units.c.item_uuid, units.c.item_name, units.c.data_row_uuid).where(
        units.c.job_uuid == job_uuid, units.c.state == State.DONE, units.c.item_uuid.is_not(None)
    )
    return list(connection.execute(selection.order_by(units.c.seq)).mappings())


def refused_units(connection: Connection, job_uuid: str) -> list[RowMapping]:
    """Return the units of a job that were refused."""
    selection = select(units).where(units.c.job_uuid == job_uuid, units.c.state == State.ERROR)
    return list(connection.execute(selection.order_by(units.c.seq)).mappings())


def cancel(connection: Connection, uuid: str, now: str) -> int:
    """Cancel what has not been processed; return how many units that were."""
    cancelled = cancel_units(connection, uuid)
    if cancelled:
        close(connection, uuid, State.CANCELLED, now)
    return cancelled


def cancel_units(connection: Connection, uuid: str) -> int:
    """Cancel the pending units of a job; return how many there were."""
    waiting = update(units).where(units.c.job_uuid == uuid, units.c.state == State.PENDING)
    count = connection.execute(waiting.values(state=State.CANCELLED)).rowcount
    counters = {"pending": jobs.c.pending - count, "cancelled": jobs.c.cancelled + count}
    connection.execute(update(jobs).where(jobs.c.uuid == uuid).values(counters))
    return count


def close(connection: Connection, uuid: str, status: State, now: str) -> None:
    """Give a job its final status."""
    connection.execute(update(jobs).where(jobs.c.uuid == uuid).values(status=status, finished_at=now))


def fail(connection: Connection, uuid: str, message: str, now: str) -> None:
    """End a job as a whole: what it has not processed is cancelled, and nothing is said of any one unit."""
    cancel_units(connection, uuid)
    connection.execute(insert(job_errors).values(job_uuid=uuid, message=message))
    close(connection, uuid, State.ERROR, now)


def errors(connection: Connection, uuid: str) -> list[str]:
    """Return what went wrong with a job as a whole."""
    return list(connection.scalars(select(job_errors.c.message).where(job_errors.c.job_uuid == uuid)))


def still_pending(connection: Connection, unit_uuids: Sequence[str]) -> set[str]:
    """Return which of these units nobody has settled or cancelled."""
    selection = select(units.c.uuid).where(units.c.uuid.in_(unit_uuids), units.c.state == State.PENDING)
    return set(connection.scalars(selection))


def _row(job_uuid: str, unit: Unit) -> dict[str, object]:
    return {
        "uuid": str(uuid4()),
        "job_uuid": job_uuid,
        "state": State.PENDING,
        "kind": unit.kind,
        "reads": unit.reads,
        "title": unit.title,
        "client_metadata": unit.client_metadata,
        "content": unit.content(),
    }

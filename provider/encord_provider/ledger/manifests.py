"""Manifests and their upload jobs, written ahead of each effect."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, case, exists, insert, or_, select, update

from encord_provider.errors import NotFound
from encord_provider.ledger.keys import RunKey
from encord_provider.ledger.runs import is_run
from encord_provider.ledger.tables import manifests, objects, run_objects, runs
from encord_provider.ledger.transactions import Transaction

PAGE = 500
"""Jobs that are looked for in one statement."""


@dataclass(frozen=True)
class ManifestRecord:
    """What the ledger knows of one manifest."""

    id: str
    """32 hexadecimal digits: the digest of the target, the time and the manifest's bytes."""

    target: str
    uri: str
    """Where the manifest is stored."""

    folder: str
    """Name or UUID of the folder, as the user gave it."""

    integration: str | None
    """Title or UUID of the integration, as the user gave it."""

    units: int
    built_by: str
    """The run that made it."""

    built_at: float
    entered_at: float | None = None
    """When its job got a place among those that may be under way."""

    intended_at: float | None = None
    """When a job was about to be started, in seconds since 1970."""

    submitted_at: float | None = None
    ended_at: float | None = None
    """When somebody first saw that the job had ended."""

    settled_at: float | None = None
    submitted_by: str | None = None
    """The run that started the job."""

    folder_uuid: str | None = None
    job_uuid: str | None = None
    strict: bool = False
    """Whether the first refused unit ends the job, and nothing of it is tried again."""

    origin: str | None = None
    """The manifest whose job failed as a whole, of which this is a part; None when it is no part."""

    part: int = 0
    """The number of the part, from 1 in the order in which they were made."""

    failed_at: float | None = None
    """When its job was found to have failed as a whole."""

    errors: str | None = None
    """What Encord said of that, a reason a line."""

    @property
    def family(self) -> str:
        """The manifest that this is a part of, or itself."""
        return self.origin or self.id

    @property
    def outcome_unknown(self) -> bool:
        """Whether a job may have been started that nobody recorded."""
        return self.intended_at is not None and self.job_uuid is None and self.settled_at is None


class Manifests:
    """The manifests of all targets."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, manifest_id: str) -> ManifestRecord:
        """Return one manifest.

        Raises:
            NotFound: The ledger has none of this name.

        """
        with self._transaction() as connection:
            row = connection.execute(select(manifests).where(manifests.c.id == manifest_id)).one_or_none()
        if row is None:
            raise NotFound("manifest", manifest_id, "was it built with another ledger?")
        return _record(row)

    def of_jobs(self, job_uuids: Sequence[str]) -> list[ManifestRecord]:
        """Return the manifests whose upload jobs are *job_uuids*, oldest first."""
        query = select(manifests).where(manifests.c.job_uuid.in_(job_uuids))
        with self._transaction() as connection:
            rows = connection.execute(query.order_by(manifests.c.built_at, manifests.c.id))
            return [_record(row) for row in rows]

    def families(self, of: Collection[str]) -> list[ManifestRecord]:
        """Return the manifests *of* these ids, each followed by its parts in order."""
        query = select(manifests).where(or_(manifests.c.id.in_(of), manifests.c.origin.in_(of)))
        with self._transaction() as connection:
            records = [_record(row) for row in connection.execute(query)]
        place = {record.id: (record.built_at, record.id) for record in records if record.origin is None}
        return sorted(records, key=lambda record: (place.get(record.family, (0.0, "")), record.part))

    def build(self, connection: Connection, record: ManifestRecord) -> None:
        """Record a new manifest, in the caller's transaction."""
        connection.execute(
            insert(manifests).values(
                id=record.id,
                target=record.target,
                uri=record.uri,
                folder=record.folder,
                integration=record.integration,
                units=record.units,
                built_by=record.built_by,
                built_at=record.built_at,
                strict=record.strict,
                origin=record.origin,
                part=record.part,
            )
        )

    def of_run(self, run: RunKey) -> list[ManifestRecord]:
        """Return the manifests that hold objects which *run* is answerable for, oldest first."""
        query = (
            select(manifests)
            .distinct()
            .join(objects, objects.c.manifest == manifests.c.id)
            .join(run_objects, run_objects.c.object == objects.c.id)
            .join(runs, runs.c.id == run_objects.c.run)
            .where(is_run(run))
            .order_by(manifests.c.built_at, manifests.c.id)
        )
        with self._transaction() as connection:
            return [_record(row) for row in connection.execute(query)]

    def left_behind(self, run: RunKey) -> list[ManifestRecord]:
        """Return the manifests that runs of the same source built and nobody has settled, oldest first.

        A listing does not lead to all of them: the objects of one may have been replaced or deleted meanwhile.
        """
        of_source = exists().where(
            runs.c.target == run.target, runs.c.source == run.source, runs.c.name == manifests.c.built_by
        )
        query = (
            select(manifests)
            .where(manifests.c.target == run.target, manifests.c.settled_at.is_(None), of_source)
            .order_by(manifests.c.built_at, manifests.c.id)
        )
        with self._transaction() as connection:
            return [_record(row) for row in connection.execute(query)]

    def intend(self, manifest_id: str, folder_uuid: str, now: float, *, strict: bool = False) -> None:
        """Record, before the request, that a job is about to be started."""
        self._set(manifest_id, folder_uuid=folder_uuid, intended_at=now, strict=strict)

    def submitted(
        self, connection: Connection, manifest_id: str, job_uuid: str, run: str, now: float
    ) -> None:
        """Record the job that was started, in the caller's transaction."""
        connection.execute(
            update(manifests)
            .where(manifests.c.id == manifest_id)
            .values(job_uuid=job_uuid, submitted_by=run, submitted_at=now)
        )

    def ended(self, seen: Mapping[str, float]) -> list[ManifestRecord]:
        """Record when jobs were seen to have ended, unless that is known; return the manifests of which it was news.

        *seen* is job UUID to seconds since 1970.
        """
        jobs, news = list(seen), []
        with self._transaction() as connection:
            for start in range(0, len(jobs), PAGE):
                some = {job: seen[job] for job in jobs[start : start + PAGE]}
                unknown = manifests.c.job_uuid.in_(some) & manifests.c.ended_at.is_(None)
                values = {"ended_at": case(some, value=manifests.c.job_uuid)}
                statement = update(manifests).where(unknown).values(values).returning(*manifests.c)
                news += [_record(row) for row in connection.execute(statement)]
        return news

    def settled(self, manifest_id: str, now: float) -> None:
        """Record that the fate of every object of the manifest is known."""
        self._set(manifest_id, settled_at=now)

    def failed(self, manifest_id: str, errors: Iterable[str], now: float) -> None:
        """Record that the job of the manifest failed as a whole, and what Encord said of it."""
        self._set(manifest_id, failed_at=now, errors="\n".join(errors))

    def _set(self, manifest_id: str, **values: Any) -> None:
        with self._transaction() as connection:
            connection.execute(update(manifests).where(manifests.c.id == manifest_id).values(**values))


def _record(row: Row[Any]) -> ManifestRecord:
    return ManifestRecord(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping

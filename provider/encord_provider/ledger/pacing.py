"""How much is under way through each integration, over all tasks and DAGs, and what was learned of its speed."""

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from encord_provider.ledger.tables import manifests, objects, paces, speeds
from encord_provider.ledger.transactions import Transaction
from encord_provider.uploads.window import Window

RECOVERY_SECONDS = 300.0
"""How long after a refusal as many jobs are started again as were too many."""

REST_SECONDS = 2.0
"""How long after a refusal no job is started at least, also when Encord names no time."""

LOOK_SECONDS = 10.0
"""How often those who wait for room ask Encord whether jobs have ended; one of them does for all."""

FORGOTTEN_SECONDS = 900.0
"""After this a place counts as free whose task never told of a job: as long as a start may take, retries and all."""

WEIGHT = 0.3
"""How much the newest job counts in what is learned, against all before it."""


class Place(NamedTuple):
    """An integration, as the ledger's manifests name it."""

    domain: str
    integration: str | None

    @property
    def name(self) -> str:
        """What the ledger files it under."""
        return f"{self.domain}#{self.integration or ''}"


@dataclass(frozen=True)
class Bounds:
    """How much may be under way through one integration at a time, whatever Encord would take."""

    jobs: int = 100
    units: int = 500_000


DEFAULT_BOUNDS = Bounds()


class UnderWay(NamedTuple):
    """A job that nobody has seen end."""

    manifest: str
    folder_uuid: str
    job_uuid: str


class Seen(NamedTuple):
    """A job that was seen to end, whose units are of one kind."""

    seconds: float
    units: int
    kind: str


class Pacing:
    """The room of all integrations."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def enter(self, place: Place, manifest_id: str, units: int, bounds: Bounds, now: float) -> bool:
        """Take a place for a manifest's job, if there is room; a manifest that has one keeps it.

        One alone is always let in, however many units it has.
        """
        with self._transaction() as connection:
            pace = _locked(connection, place)
            jobs, under_way = self._under_way(connection, place, manifest_id, now)
            allowed = min(bounds.jobs, _window(pace).size(now))
            if now < pace.open_at or (jobs and (jobs >= allowed or under_way + units > bounds.units)):
                return False
            connection.execute(update(manifests).where(manifests.c.id == manifest_id).values(entered_at=now))
            return True

    def refused(self, place: Place, manifest_id: str, began: float, now: float, retry_after: float) -> None:
        """Give a place back that Encord had none for, and allow less; once for all requests sent before."""
        with self._transaction() as connection:
            pace = _locked(connection, place)
            jobs, _ = self._under_way(connection, place, manifest_id, now)
            connection.execute(update(manifests).where(manifests.c.id == manifest_id).values(entered_at=None))
            values = {"open_at": max(pace.open_at, now + max(retry_after, REST_SECONDS))}
            connection.execute(update(paces).where(paces.c.name == place.name).values(values))
            _cut(connection, place, pace, jobs, began, now)

    def slow(self, place: Place, began: float, now: float) -> None:
        """Allow less after a job that was started slowly; it keeps its place."""
        with self._transaction() as connection:
            pace = _locked(connection, place)
            jobs, _ = self._under_way(connection, place, "", now)
            _cut(connection, place, pace, jobs, began, now)

    def look(self, place: Place, now: float) -> list[UnderWay]:
        """Return the jobs to ask Encord for, oldest first, if nobody has asked lately."""
        with self._transaction() as connection:
            pace = _locked(connection, place)
            if now < pace.looked_at + LOOK_SECONDS:
                return []
            connection.execute(update(paces).where(paces.c.name == place.name).values(looked_at=now))
            columns = (manifests.c.id, manifests.c.folder_uuid, manifests.c.job_uuid)
            query = select(*columns).where(_is_open(place), manifests.c.job_uuid.is_not(None))
            return [UnderWay(*row) for row in connection.execute(query.order_by(manifests.c.submitted_at))]

    def learn(self, place: Place, job_uuids: Sequence[str], now: float) -> None:
        """Learn how long a unit takes from those of the jobs whose end was seen and whose units are of one kind."""
        with self._transaction() as connection:
            for start in range(0, len(job_uuids), 1000):
                for seen in _seen(connection, job_uuids[start : start + 1000]):
                    _learn(connection, place, seen, now)

    def seconds_per_unit(self, place: Place) -> dict[str, tuple[float, int]]:
        """Return for each kind how long a unit takes, and from how many jobs that was learned."""
        query = select(speeds).where(speeds.c.name == place.name)
        with self._transaction() as connection:
            return {row.kind: (row.seconds_per_unit, row.jobs) for row in connection.execute(query)}

    @staticmethod
    def _under_way(connection: Connection, place: Place, besides: str, now: float) -> tuple[int, int]:
        """Return how many jobs and units are under way, without those of the manifest *besides*."""
        taken = manifests.c.job_uuid.is_not(None) | (manifests.c.entered_at > now - FORGOTTEN_SECONDS)
        query = select(func.count(), func.coalesce(func.sum(manifests.c.units), 0)).where(
            _is_open(place), taken, manifests.c.id != besides
        )
        jobs, units = connection.execute(query).one()
        return jobs, units


def _is_open(place: Place) -> ColumnElement[bool]:
    return (
        manifests.c.target.startswith(f"{place.domain}#", autoescape=True)
        & manifests.c.integration.is_not_distinct_from(place.integration)
        & manifests.c.ended_at.is_(None)
        & manifests.c.settled_at.is_(None)
        & manifests.c.entered_at.is_not(None)
    )


def _locked(connection: Connection, place: Place) -> Row[Any]:
    """Return the row of an integration, which nobody else changes until the transaction ends."""
    query = select(paces).where(paces.c.name == place.name).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        # PostgreSQL: somebody else may put it there in between
        with suppress(IntegrityError), connection.begin_nested():
            connection.execute(insert(paces).values(name=place.name, refused_at=0, open_at=0, looked_at=0))
        row = connection.execute(query).one()
    return row


def _cut(  # noqa: PLR0917 - a refusal, and where it was
    connection: Connection, place: Place, pace: Row[Any], jobs: int, began: float, now: float
) -> None:
    """Allow less than *jobs*, unless that was done since the request *began*."""
    if began < pace.refused_at:
        return
    window = _window(pace).refused(max(1, jobs), now)
    values = {"ceiling": window.ceiling, "refused_at": window.refused_at}
    connection.execute(update(paces).where(paces.c.name == place.name).values(values))


def _window(pace: Row[Any]) -> Window:
    ceiling = math.inf if pace.ceiling is None else pace.ceiling
    return Window(RECOVERY_SECONDS, ceiling, pace.refused_at)


def _seen(connection: Connection, job_uuids: Sequence[str]) -> list[Seen]:
    """Return those of the jobs that were seen to end and whose units are of one kind, in that order."""
    query = (
        select(
            (manifests.c.ended_at - manifests.c.submitted_at).label("seconds"),
            manifests.c.units,
            func.min(objects.c.kind).label("kind"),
        )
        .join(objects, objects.c.manifest == manifests.c.id)
        .where(manifests.c.job_uuid.in_(job_uuids), manifests.c.ended_at > manifests.c.submitted_at)
        .group_by(manifests.c.id, manifests.c.ended_at, manifests.c.submitted_at, manifests.c.units)
        .having(func.min(objects.c.kind) == func.max(objects.c.kind))
        .order_by(manifests.c.ended_at)
    )
    return [Seen(*row) for row in connection.execute(query)]


def _learn(connection: Connection, place: Place, seen: Seen, now: float) -> None:
    took = seen.seconds / max(1, seen.units)
    known = (speeds.c.name == place.name) & (speeds.c.kind == seen.kind)
    row = connection.execute(select(speeds).where(known)).one_or_none()
    if row is None:
        values = {"seconds_per_unit": took, "jobs": 1, "learned_at": now}
        connection.execute(insert(speeds).values(name=place.name, kind=seen.kind, **values))
        return
    took = row.seconds_per_unit + WEIGHT * (took - row.seconds_per_unit)
    values = {"seconds_per_unit": took, "jobs": row.jobs + 1, "learned_at": now}
    connection.execute(update(speeds).where(known).values(values))

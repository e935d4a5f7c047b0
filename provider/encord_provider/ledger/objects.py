"""Object versions and their fates."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    select,
    tuple_,
)

from encord_provider.errors import IllegalTransition
from encord_provider.ledger.diff import Diff, is_waiting, lists, versions_of
from encord_provider.ledger.fates import Fate
from encord_provider.ledger.keys import RunKey
from encord_provider.ledger.missing import Missing
from encord_provider.ledger.runs import is_run
from encord_provider.ledger.tables import objects, run_objects, runs
from encord_provider.ledger.transactions import Transaction
from encord_provider.ledger.transitions import move, move_all, move_each, move_units
from encord_provider.manifest.candidates import Candidate, Place
from encord_provider.manifest.ingestion import Changed, Gone
from encord_provider.manifest.objects import BucketObject
from encord_provider.manifest.units import Unit

NEW_PAGE = 1000
"""New objects that are read at once."""

IS_NEW = objects.c.fate == literal_column(f"'{Fate.NEW.value}'")
"""Spelled out, not bound: only then does a database use the index of new objects."""


@dataclass(frozen=True)
class Member:
    """One object of a unit that is in a manifest."""

    url: str
    key: str
    unit: str
    kind: str
    fate: Fate


class Objects:
    """The object versions of all targets."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def settle_gone(self, diff: Diff, url_prefix: str, wanted: Callable[[str], bool], policy: Gone) -> int:
        """Do as *policy* says about registered objects that a complete listing did not show; return how many there are.

        Args:
            diff: What observed every page of the listing.
            url_prefix: What the URLs of all objects of the source begin with, and no others.
            wanted: Whether the filters of the listing let a key through.
            policy: What becomes of them.

        """
        missing = Missing(
            self._transaction, diff.run.target, url_prefix, wanted, last_id=diff.last_id, met=diff.met
        )
        return missing.settle(policy, diff.now)

    def waiting(
        self, target: str, page: Sequence[BucketObject], changed: Changed = "report"
    ) -> list[BucketObject]:
        """Return those of *page* that a run would act on: by their fate, or as *changed* says."""
        if not page:
            return []
        with self._transaction() as connection:
            versions = versions_of(connection, target, page)
        return [obj for obj in page if is_waiting(obj.version, versions.get(obj.url, ()), changed)]

    def forget_new(self, target: str) -> None:
        """Forget what neither a manifest nor an account holds; a listing finds it again where it still exists.

        The caller holds the build lease of *target*, so an object that is still `Fate.NEW` belongs to a build
        that died, or was released from a job.
        """
        accounted = exists().where(run_objects.c.object == objects.c.id)
        forgotten = and_(objects.c.target == target, IS_NEW, ~accounted)
        with self._transaction() as connection:
            connection.execute(delete(objects).where(forgotten))

    def diff(self, run: RunKey, now: float, changed: Changed = "report") -> Diff:
        """Begin to compare a listing of *run*, whose account has begun, with the ledger.

        *changed* says what becomes of newer versions of registered objects.
        """
        return Diff.begin(self._transaction, run, now, changed)

    def new(self, run: RunKey) -> list[BucketObject]:
        """Return the objects of *run* that are in no manifest yet, by key, all at once."""
        return [obj for page in self.new_pages(run) for _, obj in page]

    def new_pages(self, run: RunKey) -> Iterator[list[tuple[int, BucketObject]]]:
        """Yield the objects of *run* that are in no manifest yet, by key, each with its number in the ledger.

        Each page is a transaction of its own, so the caller may move what it was given before it asks for more.
        """
        last: tuple[str, int] = ("", 0)
        while True:
            with self._transaction() as connection:
                id_ = connection.scalar(select(runs.c.id).where(is_run(run)))
                listed = exists().where(run_objects.c.run == id_, run_objects.c.object == objects.c.id)
                query = (
                    select(objects)
                    .where(objects.c.target == run.target, IS_NEW, listed)
                    .where(tuple_(objects.c.key, objects.c.id) > last)
                    .order_by(objects.c.key, objects.c.id)
                    .limit(NEW_PAGE)
                )
                rows = connection.execute(query).all()
            if not rows:
                return
            last = (rows[-1].key, rows[-1].id)
            yield [(row.id, _object_of(row)) for row in rows]

    def numbered(self, numbers: Sequence[int]) -> dict[int, BucketObject]:
        """Return the objects of these numbers."""
        found: dict[int, BucketObject] = {}
        with self._transaction() as connection:
            for few in lists(numbers):
                query = select(objects).where(objects.c.id.in_(few))
                found |= {row.id: _object_of(row) for row in connection.execute(query)}
        return found

    def forget(self, run: RunKey, held: Iterable[BucketObject]) -> None:
        """Take *held* objects out of the listing of *run*; the next run that lists them finds them new."""
        with self._transaction() as connection:
            id_ = connection.scalar(select(runs.c.id).where(is_run(run)))
            for obj in held:
                held_id = select(objects.c.id).where(_is(run.target, obj)).scalar_subquery()
                listed = and_(run_objects.c.run == id_, run_objects.c.object == held_id)
                connection.execute(delete(run_objects).where(listed))

    def quarantine(
        self, target: str, found: Iterable[BucketObject], reason: str, unit: Unit | None = None
    ) -> None:
        """Record that *found* objects are not to be registered, why, and which unit they would have made."""
        self.refuse(target, [(Candidate(tuple(found), unit), reason)])

    def refuse(self, target: str, refused: Iterable[tuple[Candidate, str]]) -> None:
        """Put the objects of candidates into quarantine, each with its reason, in one transaction."""
        with self._transaction() as connection:
            for candidate, reason in refused:
                values = {"reason": reason} | (_unit_values(candidate) if candidate.unit else {})
                for obj in candidate.members:
                    move(connection, _is(target, obj), obj.url, Fate.QUARANTINED, values)

    def revive(self, run: RunKey, places: Iterable[Place], bucket_url: str) -> list[tuple[Place, int]]:
        """Take the members of refused groups out of quarantine, those that the listing of *run* still holds.

        A group is mended by replacing one of its objects; it must come again as a whole. Returns the place and
        the number of each object that is new again.
        """
        query = select(objects.c.kind, objects.c.shared, objects.c.id).where(
            objects.c.id.in_(_listed(run)), objects.c.fate == Fate.QUARANTINED
        )
        with self._transaction() as connection:
            rows = _of_groups(connection, query, run.target, places, bucket_url)
            numbers = [{"number": row.id, "returned_at": time.time()} for row in rows]
            move_each(connection, objects.c.id == bindparam("number"), numbers, Fate.QUARANTINED, Fate.NEW)
        return [((row.kind, row.shared), row.id) for row in rows]

    def with_fates(
        self, target: str, places: Iterable[Place], bucket_url: str, fates: Collection[Fate]
    ) -> set[Place]:
        """Return those of some groups of which a member has one of *fates*.

        *bucket_url* is what the URLs of the bucket begin with: other buckets may have the same directories.
        """
        query = select(objects.c.kind, objects.c.shared).distinct().where(objects.c.fate.in_(fates))
        with self._transaction() as connection:
            return {
                (row.kind, row.shared) for row in _of_groups(connection, query, target, places, bucket_url)
            }

    def registered(self, target: str, urls: Sequence[str]) -> set[str]:
        """Return those of *urls* that are registered, at whatever version."""
        found: set[str] = set()
        with self._transaction() as connection:
            for few in lists(urls):
                here = objects.c.url.in_(few)
                query = select(objects.c.url).where(objects.c.target == target, here)
                found.update(connection.scalars(query.where(objects.c.fate == Fate.REGISTERED)))
        return found

    def plan(self, connection: Connection, target: str, manifest: str, planned: Iterable[Candidate]) -> None:
        """Put the objects of *planned* units into *manifest*, in the transaction that records the manifest."""
        rows = [
            {"of_url": obj.url, "of_version": obj.version, "manifest": manifest, **_unit_values(candidate)}
            for candidate in planned
            for obj in candidate.members
        ]
        identity = and_(
            objects.c.target == target,
            objects.c.url == bindparam("of_url"),
            objects.c.version == bindparam("of_version"),
        )
        move_each(connection, identity, rows, Fate.NEW, Fate.PLANNED)
        moved = connection.scalar(select(func.count()).where(objects.c.manifest == manifest))
        if moved != len(rows):
            for row in rows:
                which = (objects.c.url == row["of_url"]) & (objects.c.version == row["of_version"])
                query = select(objects.c.fate).where(objects.c.target == target, which)
                present = connection.scalar(query.where(objects.c.manifest.is_not_distinct_from(manifest)))
                if present is None:
                    fate = connection.scalar(query) or "not in the ledger"
                    raise IllegalTransition(str(row["of_url"]), str(fate), Fate.PLANNED)

    def members(self, manifest: str) -> list[Member]:
        """Return the objects of *manifest*, in order of their units."""
        query = select(objects).where(objects.c.manifest == manifest).order_by(objects.c.unit, objects.c.key)
        with self._transaction() as connection:
            return [
                Member(row.url, row.key, row.unit, row.kind, Fate(row.fate))
                for row in connection.execute(query)
            ]

    def submitted(self, connection: Connection, manifest: str) -> None:
        """Record that the objects of *manifest* that have no final fate are in a known upload job."""
        move_all(connection, objects.c.manifest == manifest, Fate.PLANNED, Fate.SUBMITTED)

    def settle(self, manifest: str, *, registered: Mapping[str, str], quarantined: Mapping[str, str]) -> None:
        """Record what became of units of *manifest*.

        *registered* maps titles to item UUIDs, *quarantined* maps titles to reasons. Units that have this fate
        already stay as they are, so settling twice is harmless.
        """
        with self._transaction() as connection:
            items = {title: {"item_uuid": item} for title, item in registered.items()}
            move_units(connection, manifest, Fate.REGISTERED, items)
            reasons = {title: {"reason": reason} for title, reason in quarantined.items()}
            move_units(connection, manifest, Fate.QUARANTINED, reasons)

    def superseded(self, manifest: str) -> list[str]:
        """Return the items that are to be set aside before *manifest* is submitted: those of older versions."""
        newer, older = objects.alias("newer"), objects.alias("older")
        query = select(older.c.item_uuid).where(
            newer.c.manifest == manifest,
            newer.c.supersedes,
            older.c.target == newer.c.target,
            older.c.url == newer.c.url,
            older.c.id != newer.c.id,
            older.c.fate.in_([Fate.REGISTERED, Fate.GONE]),
            older.c.item_uuid.is_not(None),
        )
        with self._transaction() as connection:
            return list(connection.scalars(query.distinct()))

    def set_aside(self, target: str, items: Iterable[str]) -> None:
        """Record that *items* are in the folder no more: newer versions take their place."""
        with self._transaction() as connection:
            for few in lists(items):
                of_items = and_(objects.c.target == target, objects.c.item_uuid.in_(few))
                move_all(connection, of_items, Fate.REGISTERED, Fate.SUPERSEDED)

    def fates(self, of: Collection[str]) -> Counter[Fate]:
        """Count the objects of some manifests by fate."""
        query = (
            select(objects.c.fate, func.count()).where(objects.c.manifest.in_(of)).group_by(objects.c.fate)
        )
        with self._transaction() as connection:
            return Counter({Fate(fate): count for fate, count in connection.execute(query)})

    def reasons(self, of: Collection[str], most: int) -> list[str]:
        """Return up to *most* lines that say which objects of some manifests were refused, and why."""
        query = (
            select(objects.c.key, objects.c.reason)
            .where(objects.c.manifest.in_(of), objects.c.fate == Fate.QUARANTINED)
            .order_by(objects.c.key)
            .limit(most)
        )
        with self._transaction() as connection:
            return [f"{row.key}: {row.reason}" for row in connection.execute(query)]


def _of_groups(
    connection: Connection, query: Select[Any], target: str, places: Iterable[Place], bucket_url: str
) -> list[Row[Any]]:
    """Return the rows of *query* that are of some groups of one bucket."""
    wanted = set(places)
    shared = sorted({shared for _, shared in wanted})
    rows: list[Row[Any]] = []
    for few in lists(shared):
        of_groups = query.where(
            objects.c.target == target,
            objects.c.shared.in_(few),
            objects.c.url.startswith(bucket_url, autoescape=True),
        )
        rows.extend(row for row in connection.execute(of_groups) if (row.kind, row.shared) in wanted)
    return rows


def _unit_values(candidate: Candidate) -> dict[str, str | None]:
    unit = candidate.unit
    return {
        "unit": unit.title if unit else None,
        "kind": unit.kind if unit else None,
        "shared": candidate.shared,
    }


def _listed(run: RunKey) -> Select[tuple[int]]:
    """Return the query for the objects that *run* is answerable for."""
    return select(run_objects.c.object).join(runs, runs.c.id == run_objects.c.run).where(is_run(run))


def _is(target: str, obj: BucketObject) -> ColumnElement[bool]:
    return and_(objects.c.target == target, objects.c.url == obj.url, objects.c.version == obj.version)


def _object_of(row: Row[Any]) -> BucketObject:
    modified = datetime.fromtimestamp(row.last_modified, UTC)
    return BucketObject(row.key, row.url, row.size, row.version, modified)

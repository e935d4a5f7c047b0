"""Runs and their accounts."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    exists,
    false,
    func,
    insert,
    select,
    update,
)

from encord_provider.errors import NotFound
from encord_provider.ledger.fates import OPEN, Fate
from encord_provider.ledger.keys import RunKey
from encord_provider.ledger.tables import held_groups, manifests, objects, run_objects, runs
from encord_provider.ledger.transactions import Transaction

PRUNE_PAGE = 10_000
"""Rows of an account that are deleted in one transaction."""


@dataclass(frozen=True)
class Listing:
    """How the objects of one listing divided when the run began."""

    discovered: int = 0
    """Every object under the source."""

    excluded: int = 0
    """Objects that the globs leave out."""

    already: int = 0
    """Objects registered before this run."""

    pending: int = 0
    """Objects left for a later run: not settled yet, or of a group that is not."""

    changed: int = 0
    """Of *already*: newer versions of registered objects, which were not sent."""

    gone: int = 0
    """Not of *discovered*: registered objects that the listing did not show."""


@dataclass(frozen=True)
class Account:
    """How many of a run's own objects have which fate."""

    registered: int
    already: int
    """In the folder already, or registered by another run's job."""

    quarantined: int
    open: int
    """Objects whose fate is not known."""

    pending: int = 0
    """Sent back from quarantine since the run listed them, for a later one."""


@dataclass(frozen=True)
class Held:
    """A group that a run left for a later one, because it is not whole yet."""

    kind: str
    title: str
    """What its members share."""

    objects: int
    """How many of its members are there."""

    reason: str


class Runs:
    """The runs of all targets."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def start(self, run: RunKey) -> None:
        """Begin the account of *run*, or begin it anew at another try."""
        with self._transaction() as connection:
            id_ = connection.scalar(select(runs.c.id).where(is_run(run)))
            if id_ is None:
                connection.execute(insert(runs).values(target=run.target, name=run.name, source=run.source))
            else:
                connection.execute(
                    update(runs).where(runs.c.id == id_).values(listed_at=None, checkpoint=None)
                )
                connection.execute(delete(run_objects).where(run_objects.c.run == id_))
                connection.execute(delete(held_groups).where(held_groups.c.run == id_))

    def checkpoint(self, run: RunKey) -> str | None:
        """Return how far the listing of *run* is, if a try died in the middle of it."""
        with self._transaction() as connection:
            found: str | None = connection.scalar(select(runs.c.checkpoint).where(is_run(run)))
        return found

    def set_checkpoint(self, connection: Connection, run: RunKey, checkpoint: str | None) -> None:
        """Write down how far the listing of *run* is, in the caller's transaction; None when it is done."""
        connection.execute(update(runs).where(is_run(run)).values(checkpoint=checkpoint))

    def record(self, run: RunKey, listing: Listing, now: float) -> None:
        """Record the listing of *run*."""
        values = asdict(listing) | {"listed_at": now}
        with self._transaction() as connection:
            connection.execute(update(runs).where(is_run(run)).values(values))

    def listing(self, run: RunKey) -> Listing:
        """Return the recorded listing of *run*.

        Raises:
            NotFound: The run has not listed anything.

        """
        columns = (
            runs.c.discovered,
            runs.c.excluded,
            runs.c.already,
            runs.c.pending,
            runs.c.changed,
            runs.c.gone,
        )
        query = select(*columns).where(is_run(run), runs.c.listed_at.is_not(None))
        with self._transaction() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("listing of the run", run.name, "its manifests were not built with this ledger")
        return Listing(*row)

    def hold(self, run: RunKey, held: Iterable[Held]) -> None:
        """Record groups that *run* leaves for a later one."""
        rows = [asdict(group) for group in held]
        if rows:
            with self._transaction() as connection:
                id_ = connection.scalar(select(runs.c.id).where(is_run(run)))
                connection.execute(insert(held_groups), [row | {"run": id_} for row in rows])

    def held(self, run: RunKey) -> list[Held]:
        """Return the groups that *run* left for a later one, by title."""
        columns = (held_groups.c.kind, held_groups.c.title, held_groups.c.objects, held_groups.c.reason)
        query = select(*columns).join(runs, runs.c.id == held_groups.c.run).where(is_run(run))
        with self._transaction() as connection:
            rows = connection.execute(query.order_by(held_groups.c.title, held_groups.c.kind)).all()
        return [Held(*row) for row in rows]

    def prune(self, before: float) -> int:
        """Forget the accounts of runs that listed *before* a time; return of how many.

        What became of each object stays, and so do the receipts in the storage. A run with an object whose fate
        is not known keeps its account. A large account goes in several transactions, so others wait for none of
        them long; from the first on, the run has no listing.
        """
        with self._transaction() as connection:
            old = connection.scalars(select(runs.c.id).where(runs.c.listed_at < before)).all()
        closed = [number for number in old if self._set_aside(number)]
        for number in closed:
            self._delete(number)
        return len(closed)

    def _set_aside(self, number: int) -> bool:
        """Take the listing from a run whose objects all have a known fate; tell whether it is one."""
        with self._transaction() as connection:
            if connection.scalar(select(_has_open(number))):
                return False
            connection.execute(update(runs).where(runs.c.id == number).values(listed_at=None))
            return True

    def _delete(self, number: int) -> None:
        """Delete a run and its account."""
        some = select(run_objects.c.object).where(run_objects.c.run == number).limit(PRUNE_PAGE)
        page = delete(run_objects).where(run_objects.c.run == number, run_objects.c.object.in_(some))
        while True:
            with self._transaction() as connection:
                if connection.execute(page).rowcount:
                    continue
                connection.execute(delete(held_groups).where(held_groups.c.run == number))
                connection.execute(delete(runs).where(runs.c.id == number))
                return

    def listings(self, target: str) -> list[tuple[str, str, float]]:
        """Return name, source and time of every listing for *target*, the latest first."""
        query = select(runs.c.name, runs.c.source, runs.c.listed_at).where(
            runs.c.target == target, runs.c.listed_at.is_not(None)
        )
        with self._transaction() as connection:
            return [tuple(row) for row in connection.execute(query.order_by(runs.c.listed_at.desc()))]

    def awaits_first(self, target: str) -> bool:
        """Tell whether there are runs for *target*, and none has registered anything in it yet."""
        ran = exists().where(runs.c.target == target)
        registered = exists().where(objects.c.target == target, objects.c.item_uuid.is_not(None))
        with self._transaction() as connection:
            return bool(connection.scalar(select(ran & ~registered)))

    def account(self, run: RunKey) -> Account:
        """Count the fates of the objects that *run* is answerable for."""
        counts: Counter[str] = Counter()
        divided = (objects.c.fate, manifests.c.submitted_by, RETURNED)
        with self._transaction() as connection:
            for row in connection.execute(_own(run, *divided, func.count().label("n")).group_by(*divided)):
                counts[_counted_as(row, run.name)] += row.n
        return Account(**{field.name: counts[field.name] for field in fields(Account)})

    def items(self, run: RunKey) -> list[str]:
        """Return the items of the objects that *run* is answerable for, each once, in the order of their keys."""
        registered = and_(objects.c.fate == Fate.REGISTERED, objects.c.item_uuid.is_not(None))
        query = _own(run, objects.c.item_uuid).where(registered)
        with self._transaction() as connection:
            found = connection.scalars(query.order_by(objects.c.key, objects.c.id))
            return list(dict.fromkeys(found))


RETURNED = func.coalesce(objects.c.returned_at > runs.c.listed_at, false()).label("returned")
"""Whether an object came out of quarantine after the run had listed it: then it is no matter of the run any more."""


def _has_open(number: int) -> ColumnElement[bool]:
    """Return the condition that the run of this number has an object whose fate is not known."""
    return exists().where(
        run_objects.c.run == number, objects.c.id == run_objects.c.object, objects.c.fate.in_(OPEN)
    )


def is_run(run: RunKey) -> ColumnElement[bool]:
    """Return the condition that picks *run* among all."""
    return and_(runs.c.target == run.target, runs.c.name == run.name, runs.c.source == run.source)


def _own(run: RunKey, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(run_objects)
        .join(runs, runs.c.id == run_objects.c.run)
        .join(objects, objects.c.id == run_objects.c.object)
        .outerjoin(manifests, manifests.c.id == objects.c.manifest)
        .where(is_run(run))
    )


def _counted_as(row: Row[Any], run: str) -> str:
    match Fate(row.fate):
        case Fate.REGISTERED | Fate.SUPERSEDED | Fate.GONE:
            return "registered" if row.submitted_by == run else "already"
        case Fate.CHANGED:
            return "already"
        case Fate.QUARANTINED:
            return "quarantined"
        case Fate.NEW | Fate.PLANNED | Fate.SUBMITTED:  # those of `OPEN`
            return "pending" if row.returned else "open"

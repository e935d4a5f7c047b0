"""What did not land: object versions in quarantine, and their way out of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from encord_provider.ledger.fates import Fate
from encord_provider.ledger.keys import RunKey
from encord_provider.ledger.paging import pages_by_key
from encord_provider.ledger.runs import is_run
from encord_provider.ledger.tables import objects, run_objects, runs
from encord_provider.ledger.transactions import Transaction
from encord_provider.ledger.transitions import move_each


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One object that did not land, and why."""

    id: int
    key: str
    url: str
    version: str
    reason: str
    kind: str | None
    shared: str | None
    """What the members of its group share; None for a single object."""


class Quarantine:
    """The object versions in quarantine that listings have shown."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def pages(self, run: RunKey) -> Iterator[list[Quarantined]]:
        """Yield the objects in the listing of *run* that are in quarantine, by key, a page at a time."""
        names = ("id", "key", "url", "version", "reason", "kind", "shared")
        query = (
            select(*(objects.c[name] for name in names))
            .join(run_objects, run_objects.c.object == objects.c.id)
            .join(runs, runs.c.id == run_objects.c.run)
            .where(is_run(run), objects.c.fate == Fate.QUARANTINED)
        )
        for rows in pages_by_key(self._transaction, query):
            yield [Quarantined(*row) for row in rows]

    def latest_listing(self, target: str, source: str) -> RunKey | None:
        """Return the run that listed *source* last, as a whole."""
        query = select(runs.c.name).where(
            runs.c.target == target, runs.c.source == source, runs.c.listed_at.is_not(None)
        )
        with self._transaction() as connection:
            name = connection.scalar(query.order_by(runs.c.listed_at.desc()).limit(1))
        return RunKey(target, name, source) if name is not None else None

    def among(self, run: RunKey, numbers: Sequence[int]) -> set[int]:
        """Return those of some objects that were in the listing of *run*."""
        if not numbers:
            return set()
        query = (
            select(run_objects.c.object)
            .join(runs, runs.c.id == run_objects.c.run)
            .where(is_run(run), run_objects.c.object.in_(numbers))
        )
        with self._transaction() as connection:
            return set(connection.scalars(query))

    def release(self, numbers: Sequence[int], now: float) -> None:
        """Make objects in quarantine new again."""
        rows = [{"number": number, "returned_at": now} for number in numbers]
        with self._transaction() as connection:
            move_each(connection, objects.c.id == bindparam("number"), rows, Fate.QUARANTINED, Fate.NEW)

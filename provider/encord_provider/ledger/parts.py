"""The parts of a manifest whose job failed as a whole: which units are still to be told apart, and where they are."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, bindparam, or_, select

from encord_provider.errors import IllegalTransition
from encord_provider.ledger.fates import Fate
from encord_provider.ledger.tables import objects
from encord_provider.ledger.transactions import Transaction
from encord_provider.ledger.transitions import move_all, move_each


@dataclass
class Units:
    """The units of one manifest by what became of them; those that went into a part of it are not among them."""

    open: list[str] = field(default_factory=list)
    """Titles, in order."""

    registered: int = 0
    refused: int = 0


class Parts:
    """Manifests and the parts that were made of them."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def units(self, of: Collection[str]) -> dict[str, Units]:
        """Return what became of the units of some manifests."""
        query = (
            select(objects.c.manifest, objects.c.unit, objects.c.fate)
            .distinct()
            .where(objects.c.manifest.in_(of))
            .order_by(objects.c.manifest, objects.c.unit)
        )
        found: dict[str, Units] = defaultdict(Units)
        with self._transaction() as connection:
            for manifest, unit, fate in connection.execute(query):
                units = found[manifest]
                if fate == Fate.QUARANTINED:
                    units.refused += 1
                elif fate in {Fate.PLANNED, Fate.SUBMITTED}:
                    units.open.append(unit)
                else:
                    units.registered += 1
        return {manifest: found[manifest] for manifest in of}

    def move(self, connection: Connection, sources: Collection[str], units: Iterable[str], into: str) -> None:
        """Move *units* of some manifests into a part, in the transaction that records the part.

        Raises:
            IllegalTransition: One of them is not open, or in another part already.

        """
        of_sources = or_(*(objects.c.manifest == source for source in sources))
        which = of_sources & (objects.c.unit == bindparam("title"))
        rows = [{"title": title, "manifest": into} for title in units]
        move_each(connection, which, rows, Fate.SUBMITTED, Fate.PLANNED)
        moved = set(connection.scalars(select(objects.c.unit).where(objects.c.manifest == into)))
        for title in sorted({row["title"] for row in rows} - moved):
            raise IllegalTransition(f"{title} of {', '.join(sources)}", "not in a job", Fate.PLANNED)

    def release(self, of: Collection[str], acquitted: Collection[str] = ()) -> int:
        """Make the objects of some manifests that have no final fate new again; return how many.

        So are those made that were refused in the manifests *acquitted*.
        """
        refused = objects.c.manifest.in_(acquitted)
        with self._transaction() as connection:
            move_all(connection, refused, Fate.QUARANTINED, Fate.NEW)
            return move_all(connection, objects.c.manifest.in_(of), Fate.SUBMITTED, Fate.NEW)

"""Registered objects that a complete listing of their source did not show."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from sqlalchemy import ColumnElement, and_, func, or_, select

from encord_provider.ledger.diff import lists
from encord_provider.ledger.fates import Fate
from encord_provider.ledger.marks import Marks
from encord_provider.ledger.tables import objects
from encord_provider.ledger.transactions import Transaction
from encord_provider.ledger.transitions import move_all, note
from encord_provider.manifest.ingestion import Gone
from encord_provider.manifest.kinds import GROUPED

ROWS = 10_000
"""Rows read at once."""


@dataclass(frozen=True)
class Missing:
    """What is missing of a source, once all of it has been listed."""

    transaction: Transaction
    target: str
    url_prefix: str
    """What the URLs of all objects of the source begin with, and no others."""

    wanted: Callable[[str], bool]
    """Whether the filters of the listing let a key through."""

    last_id: int
    """The last row that was there when the listing began."""

    met: Marks
    """Rows whose URLs were listed."""

    def settle(self, policy: Gone, now: float) -> int:
        """Write down since when each object is missing, give it up where that is the policy; return how many there are.

        A group is given up when all of its objects are missing: until then its item is what it was.
        """
        if self._nothing():
            return 0
        gone = 0
        for ids, count in self._rows():
            gone += count
            with self.transaction() as connection:
                for few in lists(ids):
                    first_missed = and_(objects.c.id.in_(few), objects.c.missing_since.is_(None))
                    note(connection, first_missed, missing_since=now)
        if policy == "tombstone":
            self._give_up(Fate.REGISTERED, _ITS_UNIT_IS_MISSING)
            self._give_up(Fate.CHANGED, _NOTHING_IS_REGISTERED)
        return gone

    def _give_up(self, fate: Fate, condition: ColumnElement[bool]) -> None:
        for ids, _ in self._rows():
            with self.transaction() as connection:
                for few in lists(ids):
                    move_all(connection, and_(objects.c.id.in_(few), condition), fate, Fate.GONE)

    def _nothing(self) -> bool:
        """Tell in one count, as for most listings, that nothing is missing."""
        with self.transaction() as connection:
            return connection.scalar(select(func.count()).where(self._under())) == len(self.met)

    def _rows(self) -> Iterator[tuple[list[int], int]]:
        """Yield row numbers of missing objects, and how many objects they are of."""
        columns = (objects.c.id, objects.c.url, objects.c.key)
        query = select(*columns).where(self._under(), objects.c.fate.in_([Fate.REGISTERED, Fate.CHANGED]))
        after = ""
        while True:
            with self.transaction() as connection:
                page = query.where(objects.c.url > after).order_by(objects.c.url).limit(ROWS)
                rows = connection.execute(page).all()
            objects_of_page = [list(versions) for _, versions in groupby(rows, key=attrgetter("url"))]
            if len(rows) == ROWS:
                objects_of_page.pop()  # its other versions may be on the next page
            if not objects_of_page:
                return
            missing = [
                versions
                for versions in objects_of_page
                if self.wanted(versions[0].key) and not any(row.id in self.met for row in versions)
            ]
            yield [row.id for versions in missing for row in versions], len(missing)
            after = objects_of_page[-1][0].url

    def _under(self) -> ColumnElement[bool]:
        end = self.url_prefix[:-1] + chr(ord(self.url_prefix[-1]) + 1)
        of_source = and_(objects.c.url >= self.url_prefix, objects.c.url < end)
        return and_(objects.c.target == self.target, of_source, objects.c.id <= self.last_id)


_other = objects.alias("other")

_ITS_UNIT_IS_MISSING = or_(
    objects.c.kind.is_(None),
    objects.c.kind.not_in(GROUPED),
    ~select(_other.c.id)
    .where(
        _other.c.manifest == objects.c.manifest,
        _other.c.unit == objects.c.unit,
        _other.c.missing_since.is_(None),
    )
    .exists(),
)

_NOTHING_IS_REGISTERED = (
    ~select(_other.c.id)
    .where(
        _other.c.target == objects.c.target,
        _other.c.url == objects.c.url,
        _other.c.fate == Fate.REGISTERED,
    )
    .exists()
)

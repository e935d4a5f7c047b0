"""A listing of a source, page by page, compared with what the ledger knows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import islice
from typing import Any, NamedTuple, Self, TypeAlias, TypeVar, cast

from sqlalchemy import Connection, Select, func, insert, literal, or_, select

from encord_provider.ledger.agreement import agreed
from encord_provider.ledger.fates import Fate
from encord_provider.ledger.keys import RunKey
from encord_provider.ledger.marks import Marks
from encord_provider.ledger.runs import is_run
from encord_provider.ledger.tables import manifests, objects, run_objects, runs
from encord_provider.ledger.transactions import Transaction
from encord_provider.ledger.transitions import move_all, note
from encord_provider.manifest.ingestion import Changed
from encord_provider.manifest.kinds import GROUPED
from encord_provider.manifest.objects import BucketObject

PAGE = 500
"""Values in one SQL list; SQLite takes at most 32,766 (sqlite.org/limits.html)."""

SPREAD = 2
"""How many rows for each object of a page may lie between its first and its last URL for all of them to be read as
one range, which is what the page of a store that lists in order makes; of any other page each URL is looked up."""


class Version(NamedTuple):
    """What the ledger knows of one version of an object; SQLAlchemy's rows have these names, too."""

    id: int
    url: str
    version: str
    fate: str
    manifest: str | None
    missing_since: float | None


Versions: TypeAlias = Mapping[str, Sequence[Version]]
"""URL to all versions."""

Found: TypeAlias = tuple[BucketObject, Version | None]
"""An object of a listing, and what the ledger has of its version."""

T = TypeVar("T")

_VERSION = tuple(objects.c[name] for name in Version._fields)
_IN_A_JOB = frozenset({Fate.PLANNED, Fate.SUBMITTED})
_OPEN = frozenset({Fate.NEW, Fate.QUARANTINED})


class Standing(Enum):
    """What an object of a listing is to a run."""

    NEW = auto()
    OWN = auto()
    """Known, and the run is answerable for it."""

    KNOWN = auto()
    """Registered, and no matter of this run."""

    CHANGED = auto()
    """A version other than the registered one."""

    BACK = auto()
    """It was given up, and is here again."""


@dataclass
class Diff:
    """One listing of one run, compared with the ledger as it goes.

    The run becomes answerable for what is new, for what is in quarantine, and for what is in a manifest that it made
    or that nobody has settled; the others are counted here. Pages may come in any order. The caller holds the build
    lease of the target.
    """

    run: RunKey
    run_id: int
    now: float
    policy: Changed
    """What becomes of newer versions of registered objects."""

    own_manifests: frozenset[str]
    """Manifests that the run made or submitted, or that nobody has settled."""

    last_id: int
    """The last row that was there when the listing began."""

    already: int = 0
    """Objects that the run is not answerable for."""

    changed: int = 0
    """Of these, the newer versions of registered objects; none when they are to be ignored."""

    met: Marks = field(default_factory=Marks)
    """Rows whose URLs were listed."""

    @classmethod
    def begin(cls, transaction: Transaction, run: RunKey, now: float, policy: Changed = "report") -> Self:
        """Begin to compare a listing of *run*, whose account has begun."""
        with transaction() as connection:
            run_id = connection.scalars(select(runs.c.id).where(is_run(run))).one()
            own = frozenset(connection.scalars(_manifests_of(run)))
            return cls(run, run_id, now, policy, own, last_id(connection))

    def observe(self, connection: Connection, page: Sequence[BucketObject]) -> int:
        """Compare one page with the ledger, and write down what is new.

        Returns how many of its objects the run was answerable for already, because this listing has shown them
        before: a store may do that when a page changes while it is listed.
        """
        ids = agreed(connection, self.run.target, page, self.own_manifests)
        if ids is not None:
            self._is_known(ids)
            return 0
        versions = versions_of(connection, self.run.target, page)
        others = self._without_known(page, versions)
        return self._judge(connection, others, versions) if others else 0

    def meet(self, connection: Connection, page: Sequence[BucketObject]) -> None:
        """Take note that the objects of *page* are there, and do nothing about them."""
        self._meet(connection, page, versions_of(connection, self.run.target, page))

    def _without_known(self, page: Sequence[BucketObject], versions: Versions) -> list[BucketObject]:
        """Count the objects that are registered and no matter of this run; return the others."""
        own = self.own_manifests
        known = {
            (row.url, row.version): row.id
            for rows in versions.values()
            for row in rows
            if row.fate == Fate.REGISTERED and row.missing_since is None and row.manifest not in own
        }
        self._is_known([known[it] for obj in page if (it := (obj.url, obj.version)) in known])
        return [obj for obj in page if (obj.url, obj.version) not in known]

    def _is_known(self, ids: Sequence[int]) -> None:
        """Count objects that are registered and no matter of this run, by their rows."""
        self.met.add(ids)
        self.already += len(ids)

    def _judge(self, connection: Connection, page: Sequence[BucketObject], versions: Versions) -> int:
        self._meet(connection, page, versions)
        found: dict[Standing, list[Found]] = defaultdict(list)
        for obj in page:
            present, standing = standing_of(obj.version, versions.get(obj.url, ()), self.own_manifests)
            found[standing].append((obj, present))
        again, outdated = self._divided(connection, found[Standing.CHANGED], versions)
        self.already += len(found[Standing.KNOWN]) + len(outdated)
        self.changed += len(outdated) if self.policy != "ignore" else 0
        own = _ids(found[Standing.OWN])
        own += self._renew(connection, _ids(found[Standing.BACK]))
        own += self._renew(connection, _ids(again), supersedes=True)
        repeated = self._answer_for(connection, own)
        added = [self._row(obj, Fate.NEW) for obj, _ in found[Standing.NEW]]
        added += [self._row(obj, Fate.NEW, supersedes=True) for obj, row in again if row is None]
        added += [self._row(obj, Fate.CHANGED) for obj, row in outdated if row is None]
        if added:
            self._add(connection, added)
        return repeated

    def _meet(self, connection: Connection, page: Sequence[BucketObject], versions: Versions) -> None:
        rows = [row for obj in page for row in versions.get(obj.url, ())]
        self.met.add(row.id for row in rows)
        here = (row.id for row in rows if row.missing_since is not None and row.fate != Fate.GONE)
        for ids in lists(here):
            note(connection, objects.c.id.in_(ids), missing_since=None)

    def _divided(
        self, connection: Connection, found: list[Found], versions: Versions
    ) -> tuple[list[Found], list[Found]]:
        """Divide newer versions into those that are registered again and those that are not.

        Members of groups are not: a group comes as a whole, and its other members have not changed.
        """
        if self.policy != "reregister" or not found:
            return [], found
        ids = {row.id: obj.url for obj, _ in found for row in versions[obj.url]}
        grouped = set()
        for few in lists(ids):
            query = select(objects.c.id).where(objects.c.id.in_(few), objects.c.kind.in_(GROUPED))
            grouped |= {ids[id_] for id_ in connection.scalars(query)}
        again = [one for one in found if one[0].url not in grouped]
        return again, [one for one in found if one[0].url in grouped]

    def _renew(self, connection: Connection, ids: list[int], *, supersedes: bool = False) -> list[int]:
        """Make rows new again; return their ids."""
        for few in lists(ids):
            these = objects.c.id.in_(few)
            for before in (Fate.CHANGED, Fate.SUPERSEDED, Fate.GONE):
                move_all(connection, these, before, Fate.NEW)
            note(connection, these, supersedes=supersedes)
        return ids

    def _answer_for(self, connection: Connection, own: list[int]) -> int:
        """Make the run answerable for rows; return for how many it was so already."""
        present: set[int] = set()
        for ids in lists(own):
            query = select(run_objects.c.object).where(
                run_objects.c.run == self.run_id, run_objects.c.object.in_(ids)
            )
            present.update(connection.scalars(query))
        added = [{"run": self.run_id, "object": id_} for id_ in own if id_ not in present]
        if added:
            connection.execute(insert(run_objects), added)
        return len(present)

    def _add(self, connection: Connection, rows: list[dict[str, Any]]) -> None:
        """Put versions that the ledger does not know into it; the run answers for those that are new."""
        last = last_id(connection)
        connection.execute(insert(objects), rows)
        added = select(literal(self.run_id), objects.c.id).where(
            objects.c.id > last,
            objects.c.target == self.run.target,
            objects.c.first_seen_by == self.run.name,
            objects.c.fate == Fate.NEW,
        )
        connection.execute(insert(run_objects).from_select(["run", "object"], added))

    def _row(self, obj: BucketObject, fate: Fate, *, supersedes: bool = False) -> dict[str, Any]:
        return {
            "target": self.run.target,
            "url": obj.url,
            "version": obj.version,
            "key": obj.key,
            "size": obj.size,
            "last_modified": obj.last_modified.timestamp(),
            "first_seen": self.now,
            "first_seen_by": self.run.name,
            "fate": fate,
            "supersedes": supersedes,
        }


def standing_of(
    version: str, rows: Sequence[Version], own_manifests: Collection[str] = ()
) -> tuple[Version | None, Standing]:
    """Return what the ledger has of *version* among all versions of one object, and what that means."""
    present: Version | None = None
    registered = False
    for row in rows:
        if row.version == version:
            present = row
        elif row.fate == Fate.REGISTERED:
            registered = True
    if present is None:
        return None, Standing.CHANGED if registered else Standing.NEW
    fate = present.fate
    if fate == Fate.REGISTERED or fate in _IN_A_JOB:
        return present, Standing.OWN if present.manifest in own_manifests else Standing.KNOWN
    if fate in _OPEN:
        return present, Standing.OWN
    return present, Standing.CHANGED if registered and fate != Fate.GONE else Standing.BACK


def is_waiting(version: str, rows: Sequence[Version], policy: Changed) -> bool:
    """Tell whether a run would act on an object: register it, or report it for the first time."""
    present, standing = standing_of(version, rows)
    match standing:
        case Standing.NEW | Standing.BACK:
            return True
        case Standing.OWN:
            return present is not None and present.fate == Fate.NEW
        case Standing.CHANGED:
            return policy == "reregister" or (present is None and policy == "report")
        case Standing.KNOWN:
            return False


def versions_of(connection: Connection, target: str, page: Sequence[BucketObject]) -> Versions:
    """Return, by URL, every version that the ledger knows of the objects of *page*, and perhaps of their neighbours."""
    versions: dict[str, list[Version]] = defaultdict(list)
    for row in _rows_of(connection, target, [obj.url for obj in page]):
        versions[row.url].append(row)
    return versions


def _rows_of(connection: Connection, target: str, urls: list[str]) -> Sequence[Version]:
    if not urls:
        return []
    known = select(*_VERSION).where(objects.c.target == target)
    most = SPREAD * len(urls)
    rows = _read(connection, known.where(objects.c.url >= min(urls), objects.c.url <= max(urls)).limit(most))
    if len(rows) < most:
        return rows
    return [row for few in lists(urls) for row in _read(connection, known.where(objects.c.url.in_(few)))]


def _read(connection: Connection, query: Select[Any]) -> Sequence[Version]:
    return cast("Sequence[Version]", connection.execute(query).all())


def _manifests_of(run: RunKey) -> Select[Any]:
    """Return the query for the manifests that *run* made or submitted, or that nobody has settled."""
    own = or_(
        manifests.c.settled_at.is_(None),
        manifests.c.built_by == run.name,
        manifests.c.submitted_by == run.name,
    )
    return select(manifests.c.id).where(manifests.c.target == run.target, own)


def _ids(found: Iterable[Found]) -> list[int]:
    return [row.id for _, row in found if row is not None]


def last_id(connection: Connection) -> int:
    """Return the highest number of a row; what is added later has a higher one."""
    return connection.scalar(select(func.max(objects.c.id))) or 0


def lists(values: Iterable[T]) -> Iterator[list[T]]:
    """Cut values into lists that SQL takes."""
    remaining = iter(values)
    while few := list(islice(remaining, PAGE)):
        yield few

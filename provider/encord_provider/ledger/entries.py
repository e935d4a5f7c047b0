"""Object versions as they stand, for those who look at a whole target, or put one back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, Select, and_, delete, insert, select

from encord_provider.ledger.fates import Fate
from encord_provider.ledger.tables import manifests, objects, run_objects
from encord_provider.ledger.transactions import Transaction
from encord_provider.manifest.kinds import GROUPED

PAGE = 5_000
"""Entries read in one transaction; a target has millions, and a long read holds up SQLite's writers."""

UNKNOWN_VERSION: Final = "unknown"
"""Version of a registered object whose bytes were replaced since: nobody knows which ones Encord has seen."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger says of one object version; times are seconds since 1970, UTC."""

    url: str
    version: str
    key: str
    fate: Fate
    first_seen: float
    first_seen_by: str
    """The run that saw it first: ``<dag_id>/<run_id>``."""

    unit: str | None
    kind: str | None
    manifest: str | None
    item_uuid: str | None
    reason: str | None
    job_uuid: str | None
    since: float
    """When it came to be where it is: submitted, in a manifest, or seen."""


@dataclass(frozen=True, slots=True)
class Registered:
    """An object that an item of the folder stands for."""

    url: str
    key: str
    version: str
    size: int
    last_modified: float
    unit: str
    kind: str
    item_uuid: str


class Entries:
    """The entries of all targets."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def of_target(self, target: str) -> Iterator[list[Entry]]:
        """Yield every entry of *target*, a page at a time, each page in a transaction of its own."""
        after = 0
        while True:
            query = _ENTRIES.where(objects.c.target == target, objects.c.id > after)
            with self._transaction() as connection:
                rows = connection.execute(query.order_by(objects.c.id).limit(PAGE)).all()
            if not rows:
                return
            yield [_entry(row) for row in rows]
            after = rows[-1].id

    def of_url(self, target: str, url: str) -> list[Entry]:
        """Return the versions that the ledger knows of one object, oldest first."""
        query = _ENTRIES.where(objects.c.target == target, objects.c.url == url).order_by(objects.c.id)
        with self._transaction() as connection:
            return [_entry(row) for row in connection.execute(query)]

    def restore(self, target: str, run: str, found: Sequence[Registered], now: float) -> list[Registered]:
        """Write down that *found* are registered, and return those; whose URL the ledger knows stays as it is."""
        with self._transaction() as connection:
            urls = [one.url for one in found]
            query = select(objects.c.url).where(objects.c.target == target, objects.c.url.in_(urls))
            known = set(connection.scalars(query))
            unknown = [one for one in found if one.url not in known]
            if unknown:
                connection.execute(insert(objects), [_row(target, run, one, now) for one in unknown])
        return unknown

    def forget(self, target: str, urls: Sequence[str]) -> int:
        """Forget that objects are registered, each with its later versions; return how many versions."""
        ours = and_(
            objects.c.target == target,
            objects.c.url.in_(urls),
            objects.c.fate.in_((Fate.REGISTERED, Fate.CHANGED)),
        )
        with self._transaction() as connection:
            connection.execute(
                delete(run_objects).where(run_objects.c.object.in_(select(objects.c.id).where(ours)))
            )
            return connection.execute(delete(objects).where(ours)).rowcount


_ENTRIES: Final[Select[Any]] = select(
    *(objects.c.id, objects.c.url, objects.c.version, objects.c.key, objects.c.fate, objects.c.first_seen),
    *(objects.c.first_seen_by, objects.c.unit, objects.c.kind, objects.c.manifest, objects.c.item_uuid),
    *(objects.c.reason, manifests.c.job_uuid, manifests.c.built_at, manifests.c.submitted_at),
).outerjoin(manifests, manifests.c.id == objects.c.manifest)


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        url=row.url,
        version=row.version,
        key=row.key,
        fate=Fate(row.fate),
        first_seen=row.first_seen,
        first_seen_by=row.first_seen_by,
        unit=row.unit,
        kind=row.kind,
        manifest=row.manifest,
        item_uuid=row.item_uuid,
        reason=row.reason,
        job_uuid=row.job_uuid,
        since=row.submitted_at or row.built_at or row.first_seen,
    )


def _row(target: str, run: str, one: Registered, now: float) -> dict[str, Any]:
    return {
        "target": target,
        "url": one.url,
        "version": one.version,
        "key": one.key,
        "size": one.size,
        "last_modified": one.last_modified,
        "first_seen": now,
        "first_seen_by": run,
        "fate": Fate.REGISTERED,
        "unit": one.unit,
        "kind": one.kind,
        "shared": one.unit if one.kind in GROUPED else None,
        "item_uuid": one.item_uuid,
    }

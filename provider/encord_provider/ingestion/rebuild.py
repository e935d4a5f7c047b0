"""A lost ledger, put together again from the folder in Encord and the bucket."""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, TypeVar

from encord_provider.encord_api.api import EncordApi
from encord_provider.ingestion.plan import BUILD_PATIENCE_SECONDS, BUILD_SECONDS
from encord_provider.ingestion.run import Run, Source
from encord_provider.ingestion.survey import GROUPS, KINDS, bucket_rows, folder_rows, ledger_rows, member_rows
from encord_provider.ledger.comparison import Comparison, comparison
from encord_provider.ledger.entries import UNKNOWN_VERSION, Registered
from encord_provider.ledger.leases import Lease

Row = TypeVar("Row")

BATCH = 1_000
"""Objects written in one transaction."""

_GROUPS: Final = f"SELECT uuid FROM items WHERE kind IN {GROUPS}"  # noqa: S608 - our own words

_SINGLE: Final = """
    SELECT o.*, i.uuid, i.name, i.kind, min(i.created) AS created
    FROM objects o JOIN items i ON i.url = o.url
    WHERE o.url NOT IN (SELECT url FROM members)
    GROUP BY o.url
"""

_GROUPED: Final = """
    SELECT o.*, i.uuid, i.name, i.kind, min(i.created) AS created
    FROM objects o JOIN members m ON m.url = o.url JOIN items i ON i.uuid = m.item
    GROUP BY o.url
"""

_GONE: Final = """
    SELECT e.url FROM entries e
    WHERE e.fate = 'registered' AND substr(e.url, 1, length(:root)) = :root
    AND NOT EXISTS (SELECT 1 FROM items i WHERE i.uuid = e.item)
"""

_UNMATCHED: Final = """
    SELECT count(*) FROM items i
    WHERE NOT EXISTS (SELECT 1 FROM objects o WHERE o.url = i.url)
    AND NOT EXISTS (SELECT 1 FROM members m JOIN objects o ON o.url = m.url WHERE m.item = i.uuid)
"""


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild found and wrote."""

    objects: int
    """Objects under the source."""

    items: int
    """Items in the folder."""

    restored: int
    """Objects that are registered, and are in the ledger now."""

    replaced: int
    """How many of them were written again after they were registered: the next run finds them changed."""

    known: int
    """Objects that are registered, and that the ledger knew: left as they are."""

    unregistered: int
    """Objects without an item: the next run registers them."""

    unmatched: int
    """Items without an object under this source: of another source, deleted from the bucket, or not of it."""

    forgotten: int = 0
    """Entries of objects under this source whose items are gone: the next run registers those objects anew."""


def rebuild(run: Run, api: EncordApi, source: Source, *, forget_gone: bool = False) -> Rebuilt:
    """Write down, for every object under *source* that an item of the folder stands for, that it is registered.

    Items are matched by URL, groups by the URLs of their members. The version is the bucket's present one, unless
    the object was written after its item was created: then the bytes that Encord has seen are gone, and the
    entry's version is `UNKNOWN_VERSION`. What the ledger knows stays, so this can be repeated; with *forget_gone*
    it forgets what it takes for registered and is not in the folder any more.

    Raises:
        LeaseHeld: A run is building for the same folder.

    """
    name = f"build {run.target}"
    hold = run.ledger.leases.hold(name, run.task.name, BUILD_SECONDS, patience=BUILD_PATIENCE_SECONDS)
    with hold as lease, comparison() as found:
        found.add("objects", _holding(lease, bucket_rows(source, run.ingestion)))
        if forget_gone:  # before the folder: what the ledger knows by now is in there
            found.add("entries", _holding(lease, ledger_rows(run.ledger, run.target)))
        found.add("items", _holding(lease, folder_rows(api, run.ingestion.folder)))
        groups = (row["uuid"] for row in found.rows(_GROUPS))
        found.add("members", _holding(lease, member_rows(api, groups)))
        found.index()
        run = replace(run, ledger=run.ledger.under(lease))
        forgotten = _forget(run, found, source.bucket.url_of(source.prefix))
        return replace(_restore(run, found), forgotten=forgotten)


def _holding(lease: Lease, rows: Iterable[Row]) -> Iterator[Row]:
    """Yield *rows*, and hold the lease as long as they come."""
    held_at = time.monotonic()
    for row in rows:
        yield row
        if time.monotonic() > held_at + lease.seconds / 10:
            lease.prolong()
            held_at = time.monotonic()


def _forget(run: Run, found: Comparison, root: str) -> int:
    """Forget the entries that were read and have lost their items; return how many."""
    forgotten = 0
    gone = (row["url"] for row in found.rows(_GONE, root=root))
    while batch := list(islice(gone, BATCH)):
        forgotten += run.ledger.entries.forget(run.target, batch)
    return forgotten


def _restore(run: Run, found: Comparison) -> Rebuilt:
    """Write the ledger in batches; whoever takes the lease meanwhile ends this with `LeaseHeld`."""
    matched = restored = replaced = 0
    registered = _registered(found)
    while batch := list(islice(registered, BATCH)):
        written = run.ledger.entries.restore(run.target, run.name, batch, time.time())
        matched += len(batch)
        restored += len(written)
        replaced += sum(one.version == UNKNOWN_VERSION for one in written)
    objects = found.count("objects")
    (unmatched,) = found.rows(_UNMATCHED)
    return Rebuilt(
        objects=objects,
        items=found.count("items"),
        restored=restored,
        replaced=replaced,
        known=matched - restored,
        unregistered=objects - matched,
        unmatched=unmatched[0],
    )


def _registered(found: Comparison) -> Iterator[Registered]:
    for query in (_SINGLE, _GROUPED):
        for row in found.rows(query):
            if row["kind"] in KINDS:
                yield _as_registered(row)


def _as_registered(row: sqlite3.Row) -> Registered:
    """Compare the two clocks by whole seconds: that is what stores tell."""
    replaced = int(row["modified"]) > int(row["created"])
    return Registered(
        url=row["url"],
        key=row["key"],
        version=UNKNOWN_VERSION if replaced else row["version"],
        size=row["size"],
        last_modified=row["modified"],
        unit=row["name"],
        kind=KINDS[row["kind"]],
        item_uuid=row["uuid"],
    )

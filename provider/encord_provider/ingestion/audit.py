"""Bucket, ledger, folder and dataset, compared both ways."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from encord_provider.encord_api.api import EncordApi
from encord_provider.ingestion.run import Run, Source
from encord_provider.ingestion.survey import (
    GROUPS,
    bucket_rows,
    dataset_rows,
    folder_rows,
    ledger_rows,
    member_rows,
)
from encord_provider.ledger.comparison import Comparison, comparison


class DriftKind(StrEnum):
    """What two of the four say differently."""

    NEVER_SEEN = "never_seen"
    """In the bucket and wanted, not in the ledger."""

    OVERWRITTEN = "overwritten"
    """Another version in the bucket than the one that is registered."""

    OBJECT_GONE = "object_gone"
    """Registered, and gone from the bucket; its item is still there."""

    STUCK = "stuck"
    """Known to the ledger for long, and neither registered nor refused."""

    ITEM_GONE = "item_gone"
    """Registered in the ledger, and its item is not in the folder."""

    FOREIGN_ITEM = "foreign_item"
    """In the folder, and no object of it is in the ledger."""

    DUPLICATE = "duplicate"
    """Another item of an object that is registered as one."""

    NOT_LINKED = "not_linked"
    """In the folder, and without a row in the dataset."""

    ROW_WITHOUT_ITEM = "row_without_item"
    """In the dataset, and its item is not in the folder."""


REMEDIES: Final[dict[DriftKind, str]] = {
    DriftKind.NEVER_SEEN: "the next run of a DAG with this source registers it; check that its globs want it",
    DriftKind.OVERWRITTEN: "leave it, or delete its item in Encord and do as for item_gone",
    DriftKind.OBJECT_GONE: "restore the object, or delete the item in Encord",
    DriftKind.STUCK: "run the DAG of this source again: it takes up what was left; look at the job in Encord",
    DriftKind.ITEM_GONE: "to register it anew: airflow encord rebuild --forget-gone, then run its DAG",
    DriftKind.FOREIGN_ITEM: "rebuild the ledger, if a DAG registered it; else leave it, or delete it in Encord",
    DriftKind.DUPLICATE: "move its labels, then delete it in Encord",
    DriftKind.NOT_LINKED: "run link_folder_to_dataset",
    DriftKind.ROW_WITHOUT_ITEM: "leave it, if the dataset has other folders; else remove the row",
}
"""What a person can do about each kind."""


@dataclass(frozen=True)
class Drift:
    """One thing that two of the four say differently."""

    kind: DriftKind
    url: str | None
    """Where the object is; None for a row, and for an item that is not one object."""

    item: str | None
    """UUID of the item, where one is known."""

    name: str
    """Key of the object, or name of the item."""

    detail: str
    """What was found where."""

    def as_json(self) -> str:
        """Return it as a line of JSON."""
        fields = {"kind": self.kind, "name": self.name, "url": self.url, "item": self.item}
        return json.dumps(fields | {"detail": self.detail, "remedy": REMEDIES[self.kind]}, ensure_ascii=False)

    def __str__(self) -> str:
        """Put it in a line for a person."""
        return f"{self.kind}: {self.name}: {self.detail}"


@dataclass(frozen=True)
class Audit:
    """What the four say, side by side."""

    found: Comparison
    cutoff: float
    """What is younger is work in progress, and no drift; seconds since 1970."""

    root: str
    """What the URLs of the source begin with: only of its objects is it known that they are gone."""

    has_dataset: bool

    @property
    def sizes(self) -> dict[str, int]:
        """How many objects, entries of the ledger, items and data rows were compared."""
        return {table: self.found.count(table) for table in ("objects", "entries", "items", "data_rows")}

    def drifts(self) -> Iterator[Drift]:
        """Yield every drift as it is found, kind by kind."""
        for kind, query, told in QUERIES:
            if self.has_dataset or kind not in ABOUT_DATASETS:
                for row in self.found.rows(query, cutoff=self.cutoff, root=self.root):
                    yield Drift(kind, row["url"], row["item"], row["name"], told.format(**row))


@contextmanager
def audit(
    run: Run, api: EncordApi, source: Source, dataset: str | None, in_flight_seconds: float
) -> Iterator[Audit]:
    """Compare the bucket under *source*, the ledger, the folder and, if one is named, the *dataset*.

    They are read in this order, so that a run that goes on meanwhile is no drift: what it registers is in the
    ledger only after it was in the bucket, and in the folder before the ledger says so. What has settled less than
    *in_flight_seconds* before this begins is not judged.
    """
    cutoff = time.time() - run.ingestion.settle_seconds - in_flight_seconds
    with comparison() as found:
        found.add("objects", bucket_rows(source, run.ingestion))
        found.add("entries", ledger_rows(run.ledger, run.target))
        found.add("items", folder_rows(api, run.ingestion.folder))
        if dataset:
            found.add("data_rows", dataset_rows(api, dataset))
        found.index()
        found.add("members", member_rows(api, (row["uuid"] for row in found.rows(_UNKNOWN_GROUPS))))
        yield Audit(found, cutoff, source.bucket.url_of(source.prefix), dataset is not None)


ABOUT_DATASETS: Final = frozenset({DriftKind.NOT_LINKED, DriftKind.ROW_WITHOUT_ITEM})

_UNKNOWN_GROUPS: Final = f"""
    SELECT uuid FROM items i
    WHERE kind IN {GROUPS} AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.item = i.uuid)
"""  # noqa: S608 - our own words

QUERIES: Final[tuple[tuple[DriftKind, str, str], ...]] = (
    (
        DriftKind.NEVER_SEEN,
        """
        SELECT o.url, NULL AS item, o.key AS name, datetime(o.modified, 'unixepoch') AS written
        FROM objects o
        WHERE o.wanted AND o.modified <= :cutoff
        AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.url = o.url AND e.version = o.version)
        AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.url = o.url AND e.fate = 'registered')
        """,
        "in the bucket since {written}, and the ledger does not know it",
    ),
    (
        DriftKind.OVERWRITTEN,
        """
        SELECT o.url, e.item, o.key AS name, o.version, e.version AS registered
        FROM objects o JOIN entries e ON e.url = o.url AND e.fate = 'registered'
        WHERE o.modified <= :cutoff AND NOT EXISTS (
            SELECT 1 FROM entries p WHERE p.url = o.url AND p.version = o.version
            AND p.fate IN ('registered', 'new', 'planned', 'submitted')
        )
        GROUP BY o.url
        """,
        "version {version} is in the bucket, {registered} is registered",
    ),
    (
        DriftKind.OBJECT_GONE,
        """
        SELECT DISTINCT e.url, e.item, e.key AS name
        FROM entries e
        WHERE e.fate = 'registered' AND e.first_seen <= :cutoff AND substr(e.url, 1, length(:root)) = :root
        AND NOT EXISTS (SELECT 1 FROM objects o WHERE o.url = e.url)
        AND EXISTS (SELECT 1 FROM items i WHERE i.uuid = e.item)
        """,
        "gone from the bucket, and item {item} still shows it",
    ),
    (
        DriftKind.STUCK,
        """
        SELECT e.url, e.item, e.key AS name, e.fate, datetime(e.since, 'unixepoch') AS since,
            coalesce(e.manifest, 'none') AS manifest, coalesce(e.job, 'none') AS job
        FROM entries e
        WHERE e.since <= :cutoff AND (
            e.fate IN ('planned', 'submitted')
            OR e.fate = 'new' AND EXISTS (SELECT 1 FROM objects o WHERE o.url = e.url AND o.version = e.version)
        )
        """,
        "{fate} since {since}, manifest {manifest}, upload job {job}",
    ),
    (
        DriftKind.ITEM_GONE,
        """
        SELECT e.url, e.item, e.key AS name
        FROM entries e
        WHERE e.fate = 'registered' AND NOT EXISTS (SELECT 1 FROM items i WHERE i.uuid = e.item)
        """,
        "registered as item {item}, which is not in the folder",
    ),
    (
        DriftKind.FOREIGN_ITEM,
        """
        SELECT i.url, i.uuid AS item, i.name, i.kind, datetime(i.created, 'unixepoch') AS created
        FROM items i
        WHERE i.created <= :cutoff
        AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.item = i.uuid)
        AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.url = i.url)
        AND NOT EXISTS (SELECT 1 FROM members m JOIN entries e ON e.url = m.url WHERE m.item = i.uuid)
        """,
        "{kind} {item}, in the folder since {created}, and the ledger knows nothing of it",
    ),
    (
        DriftKind.DUPLICATE,
        """
        SELECT url, uuid AS item, name, kept FROM (
            SELECT i.*, first_value(i.uuid) OVER (
                PARTITION BY i.url
                ORDER BY EXISTS (SELECT 1 FROM entries e WHERE e.item = i.uuid) DESC, i.created, i.uuid
            ) AS kept
            FROM items i
            WHERE i.url IN (SELECT url FROM items WHERE url IS NOT NULL GROUP BY url HAVING count(*) > 1)
        )
        WHERE uuid <> kept
        UNION ALL
        SELECT i.url, i.uuid AS item, i.name, min(e.item) AS kept
        FROM members m JOIN items i ON i.uuid = m.item JOIN entries e ON e.url = m.url
        WHERE EXISTS (SELECT 1 FROM items j WHERE j.uuid = e.item AND j.uuid <> i.uuid)
        GROUP BY i.uuid
        """,
        "item {item} is of the same objects as item {kept}",
    ),
    (
        DriftKind.NOT_LINKED,
        """
        SELECT i.url, i.uuid AS item, i.name
        FROM items i
        WHERE i.created <= :cutoff AND NOT EXISTS (SELECT 1 FROM data_rows r WHERE r.item = i.uuid)
        """,
        "item {item} has no row in the dataset",
    ),
    (
        DriftKind.ROW_WITHOUT_ITEM,
        """
        SELECT NULL AS url, r.item, r.title AS name
        FROM data_rows r
        WHERE r.created <= :cutoff AND NOT EXISTS (SELECT 1 FROM items i WHERE i.uuid = r.item)
        """,
        "its row stands for item {item}, which is not in the folder",
    ),
)
"""Each kind of drift: how it is found, and how it is told."""

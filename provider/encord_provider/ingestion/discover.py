"""What is under the source, and what of it is new."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from encord_provider.ingestion.run import Run, Source
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.runs import Listing
from encord_provider.manifest.globs import KeyFilter
from encord_provider.manifest.grouping import Grouping
from encord_provider.manifest.ingestion import Ingestion
from encord_provider.manifest.kinds import GROUPED
from encord_provider.manifest.objects import BucketObject


@dataclass(frozen=True)
class Discovery:
    """One listing, compared with the ledger."""

    listing: Listing
    unfinished_units: frozenset[str]
    """Titles of units with a member that has not settled yet."""


@dataclass(frozen=True)
class Page:
    """One page of a listing, sorted."""

    settled: list[BucketObject]
    unsettled: list[BucketObject]
    """Written so recently that their writer may not be done."""

    excluded: int


def pages(source: Source, ingestion: Ingestion, now: float) -> Iterator[Page]:
    """List the objects of *source* and sort each page by the filters and the settle time of *ingestion*."""
    wanted = KeyFilter(ingestion.include, ingestion.exclude)
    directory = source.prefix[: source.prefix.rfind("/") + 1]
    for listed in source.listing():
        included = [obj for obj in listed if obj.key.removeprefix(directory) in wanted]
        settled = [o for o in included if o.last_modified.timestamp() <= now - ingestion.settle_seconds]
        unsettled = [o for o in included if o.last_modified.timestamp() > now - ingestion.settle_seconds]
        yield Page(settled, unsettled, len(listed) - len(included))


def anything_new(ledger: Ledger, source: Source, ingestion: Ingestion, target: str) -> bool:
    """Tell whether a settled object is waiting; stops at the first page that has one."""
    return any(
        ledger.objects.unknown(target, page.settled)
        for page in pages(source, ingestion, time.time())
        if page.settled
    )


def discover(run: Run, source: Source, grouping: Grouping) -> Discovery:
    """List the source and write down every object that the ledger has not seen.

    The caller holds the build lease of the target.
    """
    now = time.time()
    run.ledger.runs.start(run.key)
    run.ledger.objects.forget_new(run.target)
    discovered = excluded = already = pending = 0
    unfinished_units: set[str] = set()
    for page in pages(source, run.ingestion, now):
        discovered += len(page.settled) + len(page.unsettled) + page.excluded
        excluded += page.excluded
        pending += len(page.unsettled)
        unfinished_units |= _titles_of_groups(page.unsettled, grouping)
        already += run.ledger.objects.observe(run.key, page.settled, now)
    listing = Listing(discovered, excluded, already, pending)
    return Discovery(listing, frozenset(unfinished_units))


def _titles_of_groups(objects: list[BucketObject], grouping: Grouping) -> set[str]:
    places = (grouping.place(obj.key) for obj in objects)
    return {place[1] for place in places if place and place[0] in GROUPED}

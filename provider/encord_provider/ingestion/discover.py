"""What is under the source, and what of it is new."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from encord_provider.ingestion.run import Run, Source
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.runs import Listing
from encord_provider.manifest.globs import KeyFilter
from encord_provider.manifest.grouping import Grouping
from encord_provider.manifest.ingestion import Ingestion
from encord_provider.manifest.kinds import GROUPED
from encord_provider.manifest.objects import BucketObject

PAGES_AT_ONCE = 10
"""Pages of a listing that one transaction writes down; other tasks wait for its end."""


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
    wanted = wanted_keys(source, ingestion)
    latest = now - ingestion.settle_seconds
    for listed in source.bucket.pages(source.prefix):
        included = [obj for obj in listed if wanted(obj.key)]
        settled = [obj for obj in included if obj.last_modified.timestamp() <= latest]
        unsettled = (
            [obj for obj in included if obj.last_modified.timestamp() > latest]
            if len(settled) < len(included)
            else []
        )
        yield Page(settled, unsettled, len(listed) - len(included))


def wanted_keys(source: Source, ingestion: Ingestion) -> Callable[[str], bool]:
    """Return what tells whether the globs of *ingestion* let a whole key through."""
    wanted = KeyFilter(ingestion.include, ingestion.exclude)
    directory = source.prefix[: source.prefix.rfind("/") + 1]
    return lambda key: key.removeprefix(directory) in wanted


def anything_new(ledger: Ledger, source: Source, ingestion: Ingestion, target: str) -> bool:
    """Tell whether a settled object is waiting; stops at the first page that has one."""
    return any(
        ledger.objects.waiting(target, page.settled, ingestion.changed)
        for page in pages(source, ingestion, time.time())
        if page.settled
    )


def discover(run: Run, source: Source, grouping: Grouping) -> Discovery:
    """List the source, write down every object that the ledger has not seen, and what the ledger has and misses.

    The caller holds the build lease of the target.
    """
    now = time.time()
    run.ledger.runs.start(run.key)
    run.ledger.objects.forget_new(run.target)
    diff = run.ledger.objects.diff(run.key, now, run.ingestion.changed)
    discovered = excluded = pending = 0
    unfinished_units: set[str] = set()
    for batch in _batches(pages(source, run.ingestion, now)):
        with run.ledger.transaction() as connection:
            for page in batch:
                discovered += len(page.settled) + len(page.unsettled) + page.excluded
                excluded += page.excluded
                pending += len(page.unsettled)
                unfinished_units |= _titles_of_groups(page.unsettled, grouping)
                diff.meet(connection, page.unsettled)
                discovered -= diff.observe(connection, page.settled)
    gone = run.ledger.objects.settle_gone(
        diff, url_prefix(source), wanted_keys(source, run.ingestion), run.ingestion.gone
    )
    listing = Listing(discovered, excluded, diff.already, pending, diff.changed, gone)
    return Discovery(listing, frozenset(unfinished_units))


def url_prefix(source: Source) -> str:
    """Return what the URLs of all objects of *source* begin with, and no others."""
    return source.bucket.url_of(f"{source.prefix}x").removesuffix("x")


def _batches(pages: Iterator[Page]) -> Iterator[list[Page]]:
    """Put pages together that are written down in one transaction."""
    while batch := list(islice(pages, PAGES_AT_ONCE)):
        yield batch


def _titles_of_groups(objects: list[BucketObject], grouping: Grouping) -> set[str]:
    places = (grouping.place(obj.key) for obj in objects)
    return {place[1] for place in places if place and place[0] in GROUPED}

"""What is under the source, and what of it is new."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from encord_provider.ingestion.census import Census
from encord_provider.ingestion.pages import PageSorter, wanted_keys
from encord_provider.ingestion.run import Run, Source
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.runs import Listing
from encord_provider.manifest.grouping import Grouping
from encord_provider.manifest.ingestion import Ingestion

PAGES_AT_ONCE = 10
"""Pages of a listing that one transaction writes down; other tasks wait for its end."""


@dataclass(frozen=True)
class Discovery:
    """One listing, compared with the ledger."""

    listing: Listing
    unfinished_units: frozenset[str]
    """Titles of units with a member that has not settled yet."""


def arrivals(ledger: Ledger, source: Source, targets: Mapping[Ingestion, str]) -> set[Ingestion]:
    """Return those ingestions of *source* for which a settled object is waiting.

    Lists once for all of them, and no further than to where each has something.

    Args:
        ledger: What is known.
        source: Where they all look.
        targets: Each ingestion with its folder, as the ledger names it.

    """
    now = time.time()
    waiting = {ingestion: PageSorter(source, ingestion, now) for ingestion in targets}
    for listed in source.listing():
        for ingestion, sort in list(waiting.items()):
            if ledger.objects.waiting(targets[ingestion], sort(listed).settled, ingestion.changed):
                del waiting[ingestion]
        if not waiting:
            break
    return set(targets) - set(waiting)


def discover(run: Run, source: Source, grouping: Grouping) -> Discovery:
    """List the source, write down every object that the ledger has not seen, and what the ledger has and misses.

    A try that died half way is gone on with, where the store lists in an order. The caller holds the build lease of
    the target.
    """
    census = Census.begin(run, grouping, time.time())
    listing = source.listing(census.stands)
    pages = map(PageSorter(source, run.ingestion, census.diff.now), listing)
    while batch := list(islice(pages, PAGES_AT_ONCE)):
        census.add(batch, listing.checkpoint)
    gone = 0 if source.inventory else _gone(run, source, census)
    with run.ledger.transaction() as connection:
        run.ledger.runs.set_checkpoint(connection, run.key, None)
    diff = census.diff
    counts = Listing(census.discovered, census.excluded, diff.already, census.pending, diff.changed, gone)
    return Discovery(counts, frozenset(census.unfinished_units))


def _gone(run: Run, source: Source, census: Census) -> int:
    """Settle what a complete listing did not show; an inventory is of some time ago, and shows nothing newer."""
    wanted = wanted_keys(source, run.ingestion)
    return run.ledger.objects.settle_gone(census.diff, url_prefix(source), wanted, run.ingestion.gone)


def url_prefix(source: Source) -> str:
    """Return what the URLs of all objects of *source* begin with, and no others."""
    return source.bucket.url_of(f"{source.prefix}x").removesuffix("x")

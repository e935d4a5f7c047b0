"""Pages of a listing, sorted by what a user asked for."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from encord_provider.ingestion.run import Source
from encord_provider.manifest.globs import KeyFilter
from encord_provider.manifest.ingestion import Ingestion
from encord_provider.manifest.objects import BucketObject


@dataclass(frozen=True)
class Page:
    """One page of a listing, sorted."""

    settled: list[BucketObject]
    unsettled: list[BucketObject]
    """Written so recently that their writer may not be done."""

    excluded: int


def sorted_pages(
    listing: Iterable[list[BucketObject]], source: Source, ingestion: Ingestion, now: float
) -> Iterator[Page]:
    """Sort each page of a listing of *source* by the filters and the settle time of *ingestion*."""
    wanted = wanted_keys(source, ingestion)
    latest = now - ingestion.settle_seconds
    for listed in listing:
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

"""Pages of a listing, sorted by what a user asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

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


class PageSorter:
    """Sorts pages of a listing of *source* by the filters and the settle time of *ingestion*; *now* is the time."""

    def __init__(self, source: Source, ingestion: Ingestion, now: float) -> None:
        self._wanted = wanted_keys(source, ingestion)
        self._latest = datetime.fromtimestamp(now - ingestion.settle_seconds, UTC)

    def __call__(self, listed: list[BucketObject]) -> Page:
        """Sort one page."""
        latest = self._latest
        included = [obj for obj in listed if self._wanted(obj.key)]
        settled = [obj for obj in included if obj.last_modified <= latest]
        unsettled = (
            [obj for obj in included if obj.last_modified > latest] if len(settled) < len(included) else []
        )
        return Page(settled, unsettled, len(listed) - len(included))


def wanted_keys(source: Source, ingestion: Ingestion) -> Callable[[str], bool]:
    """Return what tells whether the globs of *ingestion* let a whole key through."""
    wanted = KeyFilter(ingestion.include, ingestion.exclude)
    if wanted.takes_all:
        return lambda _: True
    directory = source.prefix[: source.prefix.rfind("/") + 1]
    return lambda key: key.removeprefix(directory) in wanted

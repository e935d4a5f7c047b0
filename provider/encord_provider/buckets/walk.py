"""One range of a listing, walked page by page."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from encord_provider.buckets.key_order import is_after
from encord_provider.buckets.split import shared
from encord_provider.manifest.objects import BucketObject


@dataclass(frozen=True)
class StorePage:
    """One page as the store gave it."""

    keys: Sequence[str]
    """At least one."""

    objects: Sequence[BucketObject | None]
    """For each key its object; None for the marker of a folder, and for a key that nobody asked for."""

    def part(self, start: int, stop: int) -> "StorePage":
        """Return the keys from *start* to before *stop*."""
        if (start, stop) == (0, len(self.keys)):
            return self
        return StorePage(self.keys[start:stop], self.objects[start:stop])


@dataclass(frozen=True)
class Boundary:
    """Where a walk ends: at the first key that another walk began with."""

    key: str
    head: frozenset[str]
    """The keys of the other walk's first page: the first of them may be deleted before this walk gets there."""

    def before(self, keys: Sequence[str]) -> int:
        """Return how many of *keys* lie before the boundary."""
        if self.head.isdisjoint(keys) and not is_after(keys[-1], self.key):
            return len(keys)
        return next(n for n, key in enumerate(keys) if key in self.head or is_after(key, self.key))


@dataclass(eq=False)
class Walk:
    """One range of keys: what was fetched of it, and what was handed out."""

    stream: Iterator[StorePage]
    after: str | None
    """The last key that an earlier listing handed out; None where there was none."""

    boundary: Boundary | None
    """None at the end of the listing."""

    ceiling: str
    """Nothing that is still to come is known to lie at or above it: a hint for splitting."""

    searched: int = sys.maxsize
    """Keys that share fewer characters than this with the last one were found before: another hint."""

    agreed: int = 0
    """How many characters all keys of the last page share: another."""

    pages: int = 0
    last: str = ""
    """The last key that was fetched."""

    finished: bool = False
    """Everything was fetched."""

    handed_out: str | None = None
    """The last key whose page was handed out."""

    closed: bool = False
    """Everything was handed out."""

    def __post_init__(self) -> None:
        self.handed_out = self.after

    def take(self, page: StorePage | None) -> StorePage | None:
        """Accept the next page of the stream; return what of it belongs to this walk, if anything does."""
        if page is None:
            self.finished = True
            return None
        start, stop = self._begin(page.keys), len(page.keys)
        if self.boundary and start < stop:
            stop = start + self.boundary.before(page.keys[start:])
            self.finished = stop < len(page.keys)
        if start == stop:
            return None
        self.pages += 1
        self.last = page.keys[stop - 1]
        self.agreed = shared(page.keys[start], self.last)
        return page.part(start, stop)

    def _begin(self, keys: Sequence[str]) -> int:
        """Return how many of *keys* were handed out before: not every store heeds where a listing is to begin."""
        begin = self.after
        if begin is None or is_after(keys[0], begin):
            self.after = None
            return 0
        return next((n for n, key in enumerate(keys) if key != begin and not is_after(begin, key)), len(keys))

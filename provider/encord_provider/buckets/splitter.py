"""Finding more to walk at a time: ranges are split where a listing that begins at a guess finds keys."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from encord_provider.buckets.key_order import LAST, in_order, is_after
from encord_provider.buckets.split import UNFIT, shared, split_point
from encord_provider.buckets.walk import Boundary, StorePage, Walk

Lister: TypeAlias = Callable[[str | None], Iterator[StorePage]]
"""Lists the keys after a text, which need not be one; None: all."""

_PAGES_BEFORE_SPLIT = 2
"""A range that ends sooner is not worth another request."""

_FREE_GUESSES = 16
_PAGES_PER_GUESS = 4
"""Guesses that may find nothing: some at the beginning, then one for so many pages."""


@dataclass(frozen=True)
class Probe:
    """A look at what lies after a guess within a walk's range."""

    walk: Walk
    guess: str
    stream: Iterator[StorePage]


class Splitter:
    """Chooses where to look, and judges what was found there."""

    def __init__(self, lister: Lister) -> None:
        self._lister = lister
        self._alphabet: Sequence[str] = ()
        self._pages = 0
        self._wrong = 0
        self._of_use = True

    def learn(self, page: StorePage) -> None:
        """Take note of a page: what keys look like, and whether the store has an order at all."""
        self._pages += 1
        self._of_use = self._of_use and in_order(page.keys)
        seen = set(page.keys[0] + page.keys[-1]) - UNFIT
        if not seen.issubset(self._alphabet):
            self._alphabet = sorted(seen.union(self._alphabet))

    def probes(self, walks: Sequence[Walk], most: int) -> list[Probe]:
        """Return where to look in *walks*, longest first."""
        allowed = _FREE_GUESSES + self._pages // _PAGES_PER_GUESS - self._wrong
        if not self._of_use or most < 1 or allowed < 1:
            return []
        long = [walk for walk in walks if walk.pages >= _PAGES_BEFORE_SPLIT]
        long.sort(key=lambda walk: shared(walk.last, walk.ceiling))
        guesses = (
            (walk, split_point(walk.last, walk.ceiling, walk.agreed, self._alphabet, walk.searched))
            for walk in long
        )
        probes = (Probe(walk, guess, self._lister(guess)) for walk, guess in guesses if guess)
        return list(islice(probes, min(most, allowed)))

    def split(self, probe: Probe, page: StorePage | None) -> tuple[Walk, StorePage] | None:
        """Let a new walk go on where the probe found keys; return it with its first page, None if there is none."""
        walk = probe.walk
        if page and not is_after(page.keys[0], probe.guess):
            self._of_use = False  # the store does not heed where a listing is to begin
        searched = len(probe.guess) - 1 if probe.guess.endswith(LAST) else walk.searched
        new = Walk(probe.stream, None, walk.boundary, walk.ceiling, searched)
        ahead = _ahead(walk, page) if page and self._of_use and not walk.finished else None
        first = new.take(ahead) if ahead else None
        if first is None:
            self._wrong += 1
            if walk.last < probe.guess < walk.ceiling:
                walk.ceiling = probe.guess
            return None
        walk.boundary = Boundary(first.keys[0], frozenset(first.keys))
        walk.ceiling = first.keys[0]
        return new, first


def _ahead(walk: Walk, page: StorePage) -> StorePage | None:
    """Return what of *page* the walk has not fetched meanwhile; None if nobody can tell."""
    start = page.keys.index(walk.last) + 1 if walk.last in page.keys else 0
    rest = page.part(start, len(page.keys))
    return rest if rest.keys and is_after(rest.keys[0], walk.last) else None

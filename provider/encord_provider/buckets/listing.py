"""A listing that walks several ranges of keys at a time.

A range is split where a listing that begins at a guess finds keys, and a walk ends where it meets the page that
another began with: which order the store follows, and whether the key at a seam is still there, does not matter.
Threads only fetch; what is known about the ranges is kept by whoever iterates.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TypeAlias

from encord_provider.buckets.checkpoint import Checkpoint, Range
from encord_provider.buckets.key_order import LAST, is_after
from encord_provider.buckets.splitter import Lister, Probe, Splitter
from encord_provider.buckets.walk import Boundary, StorePage, Walk
from encord_provider.manifest.objects import BucketObject

WALKS = 8
"""Ranges that are listed at a time, at most: requests under way."""


@dataclass(frozen=True)
class _Fetched:
    """What one request brought a walk."""

    walk: Walk
    page: StorePage | None
    ends: bool
    """It was the last one."""


_Task: TypeAlias = Walk | Probe


class Listing:
    """The objects under a prefix, a page at a time; the order of the pages is nobody's promise.

    Args:
        lister: Asks the store.
        prefix: What the keys begin with.
        walks: How many ranges at a time; one lists in the store's own order.
        since: Where an earlier listing stood: what it handed out is not handed out again.
        ordered: The store can begin a listing anywhere. If not, there is one walk and no checkpoint.

    Raises:
        ValueError: A checkpoint of another prefix, or one for a store that can have none.

    """

    def __init__(
        self,
        lister: Lister,
        prefix: str = "",
        *,
        walks: int = WALKS,
        since: Checkpoint | None = None,
        ordered: bool = True,
    ) -> None:
        if since and not (ordered and since.prefix == prefix):
            raise ValueError(f"a checkpoint of {since.prefix!r} is of no use for {prefix!r}")
        self._lister = lister
        self._prefix = prefix
        self._most = walks if ordered else 1
        self._ordered = ordered
        self._checkpoint = since or Checkpoint(prefix, ((None, None),))
        self._walks: list[Walk] = []
        self._splitter = Splitter(lister)

    @property
    def checkpoint(self) -> Checkpoint | None:
        """Where the listing stands, once the pages that it has handed out are dealt with.

        None where the store has no order: such a listing can only begin again.
        """
        return self._checkpoint if self._ordered else None

    def __iter__(self) -> Iterator[list[BucketObject]]:
        """Yield pages, none of them empty; closing the iterator waits for the requests under way.

        Raises:
            NotFound: There is no such bucket.
            BadConnection: The bucket refuses the credentials.
            BadSource: The bucket holds a key that cannot be read.
            BucketUnavailable: The store does not answer.

        """
        with ThreadPoolExecutor(self._most, thread_name_prefix="listing") as threads:
            try:
                self._walks = list(threads.map(self._resume, self._checkpoint.ranges))
                yield from self._pages(threads)
            finally:
                threads.shutdown(cancel_futures=True)

    def _pages(self, threads: ThreadPoolExecutor) -> Iterator[list[BucketObject]]:
        under_way: dict[Future[StorePage | None], _Task] = {}
        fetched: list[_Fetched] = []
        while True:
            for task in self._tasks(list(under_way.values())):
                under_way[threads.submit(next, task.stream, None)] = task
            for one in fetched:
                yield from self._hand_out(one)
            if not under_way:
                return
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            answers = [
                (under_way.pop(future), future.result()) for future in list(under_way) if future in done
            ]
            fetched = [one for task, page in answers for one in self._take(task, page)]

    def _tasks(self, under_way: Sequence[_Task]) -> list[_Task]:
        """Return what to ask for next: a page for each walk and, where requests are left, a look further on."""
        free = self._most - len(under_way)
        waiting = [w for w in self._walks if not (w.finished or w in under_way)][:free]
        probed = [task.walk for task in under_way if isinstance(task, Probe)]
        splittable = [w for w in self._walks if not (w.finished or w in probed)]
        return [*waiting, *self._splitter.probes(splittable, free - len(waiting))]

    def _take(self, task: _Task, page: StorePage | None) -> Iterator[_Fetched]:
        if page:
            self._splitter.learn(page)
        if isinstance(task, Walk):
            yield _Fetched(task, task.take(page), task.finished)
        elif found := self._splitter.split(task, page):
            new, first = found
            self._walks.insert(self._walks.index(task.walk) + 1, new)
            yield _Fetched(new, first, new.finished)

    def _hand_out(self, fetched: _Fetched) -> Iterator[list[BucketObject]]:
        walk, page = fetched.walk, fetched.page
        walk.closed = fetched.ends
        if page:
            walk.handed_out = page.keys[-1]
        self._checkpoint = Checkpoint(self._prefix, tuple(self._open_ranges()))
        objects = [obj for obj in page.objects if obj] if page else []
        if objects:
            yield objects

    def _open_ranges(self) -> Iterator[Range]:
        """Tell what is left, range by range, and forget the walks that nothing is left of."""
        spans: list[list[Walk]] = []
        for walk in self._walks:
            if walk.handed_out is None and spans:
                spans[-1].append(walk)  # nothing of it is known outside yet: its predecessor goes on
            else:
                spans.append([walk])
        left = [span for span in spans if not all(walk.closed for walk in span)]
        self._walks = [walk for span in left for walk in span]
        for span in left:
            end = span[-1].boundary
            yield span[0].handed_out, end.key if end else None

    def _resume(self, left: Range) -> Walk:
        after, until = left
        boundary = self._boundary(until) if until else None
        return Walk(self._lister(after), after, boundary, until or self._prefix + LAST)

    def _boundary(self, key: str) -> Boundary:
        """Look again at what begins at *key*, which may be there no more."""
        page = next(self._lister(key), None)
        following = page.keys if page else ()
        return Boundary(key, frozenset([key, *(other for other in following if not is_after(key, other))]))

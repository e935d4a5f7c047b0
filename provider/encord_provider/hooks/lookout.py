"""One look into a bucket for all who wait for it."""

import asyncio
import math
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import ClassVar
from weakref import WeakKeyDictionary, WeakValueDictionary

from encord_provider.hooks import arrival
from encord_provider.hooks.arrival import Place, place_of
from encord_provider.manifest.ingestion import Ingestion

LOOKS_AT_ONCE = 4
"""Buckets that one triggerer looks into at a time; the others wait for their turn."""

REST = 4
"""How many times as long as a look took is from the beginning of one to that of the next, at least."""


@dataclass
class _Look:
    """One listing that was asked for, and has not begun."""

    wanted: set[Ingestion] = field(default_factory=set)
    task: asyncio.Task[set[Ingestion]] | None = None


class Lookout:
    """Looks into buckets for the triggers of one event loop.

    Triggers that wait for the same source are served by one listing, whatever their globs and folders are. Who asks
    while a look is under way waits for the next one: an answer is never older than the question.
    """

    _lookouts: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, "Lookout"]] = WeakKeyDictionary()

    def __init__(self) -> None:
        self._next: dict[Place, _Look] = {}
        self._one_at_a_time: WeakValueDictionary[Place, asyncio.Lock] = WeakValueDictionary()
        self._took: dict[Place, float] = {}

    @classmethod
    def here(cls) -> "Lookout":
        """Return that of the running event loop."""
        return cls._lookouts.setdefault(asyncio.get_running_loop(), cls())

    async def look(self, ingestion: Ingestion) -> bool:
        """Tell whether anything new is there.

        Raises:
            BadSource: The source cannot be listed.
            BucketUnavailable: The store does not answer.

        """
        place = place_of(ingestion)
        look = self._next.setdefault(place, _Look())
        look.wanted.add(ingestion)
        if look.task is None:
            look.task = asyncio.create_task(self._begin(place, look))
        return ingestion in await asyncio.shield(look.task)

    def seconds_to_next(self, ingestion: Ingestion, poll_seconds: float) -> float:
        """Return how long to wait for the next look, which those who poll as often begin at the same time.

        When in the interval that is differs from place to place, so that not all are looked into at once.
        """
        interval = self.interval(ingestion, poll_seconds)
        offset = zlib.crc32(repr(place_of(ingestion)).encode()) / 2**32 * interval
        return interval - (time.time() - offset) % interval

    def interval(self, ingestion: Ingestion, poll_seconds: float) -> float:
        """Return the seconds between two looks: *poll_seconds*, or a multiple where a look takes long."""
        took = self._took.get(place_of(ingestion), 0)
        return poll_seconds * max(1, math.ceil(REST * took / poll_seconds))

    async def _begin(self, place: Place, look: _Look) -> set[Ingestion]:
        from asgiref.sync import sync_to_async

        async with self._one_at_a_time.setdefault(place, asyncio.Lock()):
            del self._next[place]
            began = time.monotonic()
            arrived = await sync_to_async(arrival.arrivals, thread_sensitive=False, executor=_threads())(
                look.wanted
            )
            self._took[place] = time.monotonic() - began
            return arrived


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(LOOKS_AT_ONCE, thread_name_prefix="lookout")

"""What wakes a long poll: a bell that rings when a job is over."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Bell:
    """One waiting request's ear."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the waiter; may be called from any thread."""
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._rung.set)

    async def wait(self, seconds: float) -> None:
        """Return when the bell rings, or after *seconds*."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), seconds)
        self._rung.clear()


class Bells:
    """All bells, by the job they ring for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bells: dict[str, set[Bell]] = defaultdict(set)
        self.closing = False
        """Whether the sandbox stops: then nobody may go on waiting."""

    @contextmanager
    def listening(self, job_uuid: str) -> Iterator[Bell]:
        """Give a bell that rings for a job; one that is hung before the job is looked at misses nothing."""
        bell = Bell()
        with self._lock:
            self._bells[job_uuid].add(bell)
        try:
            yield bell
        finally:
            with self._lock:
                self._bells[job_uuid].discard(bell)
                if not self._bells[job_uuid]:
                    del self._bells[job_uuid]

    def ring(self, job_uuid: str) -> None:
        """Wake all who wait for a job."""
        with self._lock:
            listeners = list(self._bells.get(job_uuid, ()))
        for bell in listeners:
            bell.ring()

    def ring_all(self) -> None:
        """Wake everyone, to look again at the time."""
        with self._lock:
            jobs = list(self._bells)
        for job_uuid in jobs:
            self.ring(job_uuid)

    def close(self) -> None:
        """Send everyone away."""
        self.closing = True
        self.ring_all()

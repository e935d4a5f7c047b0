"""When to ask again for an upload job."""

import math
from collections.abc import Iterator

from encord_provider.uploads.progress import Progress

FIRST_POLL_SECONDS = 3.0
"""Not sooner: an event right after a deferral makes Airflow 3.3.2 fail healthy tasks more often."""

SHORTEST_SECONDS = 0.5
"""Never asked for more often than this, whatever a task is configured with."""

GROWTH = 1.5
"""How much longer each pause is than the one before."""

FAR = 40
"""How many of the longest pauses a job is left alone at most while its counters show that its end is far off."""

HASTE = 2
"""How many times as fast as so far a job may go on, and still not end long before it is asked for again."""


class Pace:
    """The pauses between two polls of one job.

    They grow up to *longest_seconds*. Once the job's counters tell how fast it goes, it is asked for when it may have
    done half of what is left: rarely while its end is far off, at most after `FAR` of the longest pauses or
    *farthest_seconds*, and often when it is near.
    """

    __slots__ = ("_farthest", "_longest", "_pause", "_start")

    def __init__(self, longest_seconds: float, farthest_seconds: float = math.inf) -> None:
        self._longest = max(longest_seconds, SHORTEST_SECONDS)
        self._farthest = min(self._longest * FAR, farthest_seconds)
        self._pause = self.first
        self._start: tuple[float, int] | None = None

    @property
    def first(self) -> float:
        """Seconds to wait before the first poll, and the least between two later ones."""
        return min(FIRST_POLL_SECONDS, self._longest)

    def later(self) -> float:
        """Return the seconds until a job is asked for again that tells nothing of its end."""
        self._pause = min(self._pause * GROWTH, self._longest)
        return self._pause

    def after(self, progress: Progress, now: float) -> float:
        """Return the seconds until a job is asked for again that has just reported."""
        pause, left = self.later(), self._seconds_left(progress, now)
        if left is None:
            return pause
        if left < pause:
            return max(left, self.first)
        return max(pause, min(left / HASTE, self._farthest))

    def _seconds_left(self, progress: Progress, now: float) -> float | None:
        """Return how long the rest takes at the pace since the first report; None before any unit has moved since."""
        if self._start is None:
            self._start = now, progress.settled
        began, settled = self._start
        moved = progress.settled - settled
        return progress.pending * (now - began) / moved if moved > 0 else None


def pauses(longest_seconds: float) -> Iterator[float]:
    """Yield the seconds to wait before each poll of what has no counters, growing to *longest_seconds*, without end."""
    pace = Pace(longest_seconds)
    yield pace.first
    while True:
        yield pace.later()

"""Many upload jobs waited for together: which to ask for next, and when the wait is over."""

import math
from collections.abc import Iterable
from enum import StrEnum
from heapq import heappop, heappush
from typing import NamedTuple

from encord_provider.uploads.pace import Pace
from encord_provider.uploads.progress import Progress
from encord_provider.uploads.verdict import Verdict, judge

SILENCE_SECONDS = 1800.0
"""How long no request may be answered before the wait is given up; a shorter outage is waited through."""


class Job(NamedTuple):
    """An upload job, as Encord's API addresses it."""

    folder: str
    uuid: str


class End(StrEnum):
    """Why a wait is over."""

    ENDED = "ended"
    """Every job has come to its end."""

    DEADLINE = "deadline"
    STALLED = "stalled"
    """No unit of any job has moved for too long."""

    SILENT = "silent"
    """No request has been answered for too long."""

    REFUSED = "refused"
    """Encord does not let the key see a job."""


class Watched:
    """One job, and what was last heard of it."""

    __slots__ = ("job", "pace", "settled")

    def __init__(self, job: Job, pace: Pace) -> None:
        self.job = job
        self.pace = pace
        self.settled = 0


class Watch:
    """The jobs of one wait. Knows no clock: whoever asks says what time it is, in seconds since 1970.

    Args:
        jobs: What is waited for.
        longest_seconds: The longest pause between two polls of a job whose end may be near.
        deadline: When the wait is over in any case.
        now: When it begins.
        stall_seconds: How long all jobs together may stand still; None is until the deadline.

    """

    def __init__(
        self,
        jobs: Iterable[Job],
        longest_seconds: float,
        deadline: float,
        now: float,
        stall_seconds: float | None = None,
    ) -> None:
        self._due: list[tuple[float, int, Watched]] = []
        self._deadline = deadline
        self._stall_seconds = stall_seconds
        self._moved_at = now
        self._still = 0
        self._silent_since: float | None = None
        self._end: End | None = None
        # a job that moves is asked for before it can seem to stand still
        farthest = math.inf if stall_seconds is None else stall_seconds / 2
        for number, job in enumerate(jobs):
            watched = Watched(job, Pace(longest_seconds, farthest))
            self._due.append((now + watched.pace.first, number, watched))
        self._asked = self.open = len(self._due)
        """How many jobs are `open`: they have not come to their end, as far as is known."""

        self.ended: dict[str, float] = {}
        """UUIDs of the jobs that have, and when that was seen; whoever writes it down may empty it."""

    def next_at(self) -> float:
        """Return when there is something to do, if no answer comes before."""
        return min(self._due[0][0], self._deadline) if self._due else self._deadline

    def take(self, now: float) -> Watched | None:
        """Return the job to ask for now, if one is due; it comes back by `answered` or `unanswered`."""
        if self._due and self._due[0][0] <= now:
            return heappop(self._due)[2]
        return None

    def answered(self, watched: Watched, progress: Progress, now: float) -> None:
        """Note a report."""
        self._silent_since = None
        if judge(progress) is not Verdict.WAIT:
            self.open -= 1
            self.ended[watched.job.uuid] = now
            self._move(now)
            return
        if progress.settled != watched.settled:
            watched.settled = progress.settled
            self._move(now)
        else:
            self._stand_still(now)
        self._put_back(watched, now + watched.pace.after(progress, now))

    def unanswered(self, watched: Watched, now: float) -> bool:
        """Note that a job could not be asked for; return whether that is news, since the last request was answered."""
        self._put_back(watched, now + watched.pace.later())
        if self._silent_since is None:
            self._silent_since = now
            return True
        if now - self._silent_since >= SILENCE_SECONDS:
            self._end = End.SILENT
        return False

    def refused(self) -> None:
        """Note that Encord does not let the key see a job: what that means is for the task to find out."""
        self._end = End.REFUSED

    def end(self, now: float) -> End | None:
        """Tell why the wait is over, or None while it is not."""
        if not self.open:
            return End.ENDED
        return self._end or (End.DEADLINE if now >= self._deadline else None)

    def _put_back(self, watched: Watched, at: float) -> None:
        self._asked += 1
        heappush(self._due, (at, self._asked, watched))

    def _move(self, now: float) -> None:
        self._moved_at, self._still = now, 0

    def _stand_still(self, now: float) -> None:
        """Judge whether all jobs stand still, once each may have been asked for since something moved."""
        self._still += 1
        if self._stall_seconds is None or self._still < self.open:
            return
        if now - self._moved_at >= self._stall_seconds:
            self._end = End.STALLED

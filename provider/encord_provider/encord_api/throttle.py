"""How fast all who share one client may ask."""

import asyncio
import time
from collections import deque

from encord_provider.uploads.window import Window

MOST_PER_SECOND = 500.0
"""Requests a second that one process sends, while nothing is refused; a tenth of a core."""

LEAST_PER_SECOND = 1.0
"""What is left however much is refused."""

RECOVERY_SECONDS = 10.0
"""How long after a refusal requests are as many again as were too many."""

AGAIN_SECONDS = 3.0
"""A refusal so soon after the last one, or after the first request, means that the limit is lower than it seemed."""

AGAIN_KEPT = 0.8
"""How much of what was allowed counts as too much then; half of it would leave a limit that falls slowly unused."""

SLOW_SECONDS = 10.0
"""An answer that took longer than this counts as a refusal: the other side has more to do than it can."""


class Throttle:
    """Spaces requests out, fewer after each refusal and more as time goes by; closed for as long as Encord asks."""

    def __init__(self, most_per_second: float = MOST_PER_SECOND) -> None:
        self._most = most_per_second
        self._window = Window(RECOVERY_SECONDS, refused_at=time.monotonic())
        self._next = 0.0
        self._open_at = 0.0
        self._sent: deque[float] = deque(maxlen=int(most_per_second))

    async def turn(self) -> float:
        """Wait for the turn of one request; return when that was, for `refused`."""
        while True:
            now = time.monotonic()
            at = max(now, self._next, self._open_at)
            self._next = at + 1 / self._per_second(at)
            if at > now:
                await asyncio.sleep(at - now)
            if at >= self._open_at:
                self._sent.append(at)
                return at

    def answered(self, sent_at: float) -> None:
        """Note an answer; one that came very late is a sign of too many requests."""
        if time.monotonic() - sent_at > SLOW_SECONDS:
            self.refused(sent_at)

    def refused(self, sent_at: float, retry_after: float | None = None) -> None:
        """Slow down, once for all requests that were under way together; stay away for *retry_after* seconds."""
        now = time.monotonic()
        if sent_at >= self._window.refused_at:
            self._window = self._window.refused(self._too_many(now), now)
        self._open_at = max(self._open_at, now + (retry_after or 0))

    def _per_second(self, now: float) -> float:
        return max(LEAST_PER_SECOND, min(self._most, self._window.size(now)))

    def _too_many(self, now: float) -> float:
        """Return how many requests a second were too many: part of what was allowed, when that was refused again."""
        if now < max(self._window.refused_at, self._open_at) + AGAIN_SECONDS:
            return max(LEAST_PER_SECOND, self._per_second(now) * AGAIN_KEPT)
        while self._sent and self._sent[0] < now - 1:
            self._sent.popleft()
        return max(LEAST_PER_SECOND, len(self._sent))

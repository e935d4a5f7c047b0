"""The sandbox's time, which tests can turn forward."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from encord_provider.sandbox.stamps import stamp


class Clock:
    """The machine's time plus what tests have added to it.

    Everything in the sandbox that waits or dates something asks this clock, so a test that turns it needs no sleep.
    """

    def __init__(self) -> None:
        self._added_seconds = 0.0
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []

    def timestamp(self) -> float:
        """Return seconds since the epoch."""
        with self._lock:
            return time.time() + self._added_seconds

    def now(self) -> datetime:
        """Return the time in UTC."""
        return datetime.fromtimestamp(self.timestamp(), UTC)

    def stamp(self) -> str:
        """Return the time as the tables keep it."""
        return stamp(self.now())

    def advance(self, seconds: float) -> None:
        """Turn the clock forward and wake everyone who waits for a moment."""
        if seconds < 0:
            raise ValueError("the sandbox's clock only turns forward")
        with self._lock:
            self._added_seconds += seconds
        for listener in self._listeners:
            listener()

    def on_turn(self, listener: Callable[[], None]) -> None:
        """Call *listener* after every turn, in the thread that turned the clock."""
        self._listeners.append(listener)

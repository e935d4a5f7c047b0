"""What the API was asked so far."""

import threading
from collections import deque
from typing import NamedTuple

_KEPT = 100_000
"""Requests remembered; older ones are forgotten."""


class RequestSeen(NamedTuple):
    """One request."""

    method: str
    path: str
    status: int
    """HTTP status of the answer; 0 where the connection was dropped."""


class RequestsSeen:
    """A log of API requests, for assertions on how often a client asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: deque[RequestSeen] = deque(maxlen=_KEPT)

    def add(self, method: str, path: str, status: int) -> None:
        """Remember a request once its answer is known."""
        with self._lock:
            self._seen.append(RequestSeen(method, path, status))

    def snapshot(self) -> list[RequestSeen]:
        """Return what was seen so far, oldest first."""
        with self._lock:
            return list(self._seen)

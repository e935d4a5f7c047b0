"""Memory that many threads share: each says how much it takes, and waits until there is as much."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class Room:
    """So many bytes, however many threads there are."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.taken_now = 0
        """Bytes that are taken."""

        self._changed = Condition()

    @contextmanager
    def taken(self, wanted: int) -> Iterator[None]:
        """Take *wanted* bytes when they are free; more than there are in all, when nobody else has any.

        Taken once a file: who holds some and waits for more may wait for ever.
        """
        with self._changed:
            self._changed.wait_for(lambda: not self.taken_now or self.taken_now + wanted <= self.total)
            self.taken_now += wanted
        try:
            yield
        finally:
            with self._changed:
                self.taken_now -= wanted
                self._changed.notify_all()


DECODING = Room(256 * 1024 * 1024)
"""For files that are open in a decoder, beside the bytes that were fetched of them."""

"""Ranges of an object's bytes as a file that can be read and sought."""

import io
import time
from typing import Protocol

from encord_provider.media.budget import Budget, OverBudget

BLOCK = 64 * 1024
"""Bytes a request fetches at least: one request covers the header of most files."""

READ_AHEAD = 16
"""Blocks a request fetches at most beyond what was asked for, when a file is read on and on."""


class RangeSource(Protocol):
    """All that reading by range needs of a bucket."""

    def read_range(self, key: str, start: int, length: int) -> bytes:
        """Return *length* bytes of the object from *start*."""


class RangeReader(io.RawIOBase):
    """An object as a binary file; bytes are fetched in blocks, once, when they are asked for.

    Without a budget it reads whatever is asked of it. What a fetch raised stays in `fault`, since the libraries
    that read through this may swallow it.
    """

    def __init__(self, source: RangeSource, key: str, size: int, budget: Budget | None = None) -> None:
        self.size = size
        self.budget = budget
        self.fetched = 0
        """Bytes fetched so far."""

        self.requests = 0
        """Requests made so far."""

        self.fault: Exception | None = None
        self._source = source
        self._key = key
        self._position = 0
        self._blocks: dict[int, bytes] = {}
        self._ahead = 0
        self._next = -1  # the block after the last one fetched
        self._waited = 0.0
        self._cpu_began = time.thread_time()

    @property
    def is_small(self) -> bool:
        """Whether the budget lets the whole file be read."""
        return self.budget is None or self.size <= self.budget.whole

    def require(self, *, entries: int = 0, pixels: int = 0) -> None:
        """Check that a decoder may be given what a file says that it has.

        Raises:
            OverBudget: There is too much of it.

        """
        if self.budget and entries > self.budget.entries:
            raise OverBudget(f"{self.budget.entries:,} entries of an index")
        if self.budget and pixels > self.budget.pixels:
            raise OverBudget(f"{self.budget.pixels:,} pixels")

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be sought."""
        return True

    def tell(self) -> int:
        """Return the position, in bytes from the start."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move the position and return it."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what RawIOBase.read passes
        """Fill *buffer* from the position; return how many bytes there were.

        Raises:
            OverBudget: The file costs more than it may.

        """
        into = memoryview(buffer).cast("B")
        end = min(self._position + len(into), self.size)
        start = self._position
        while self._position < end:
            number, offset = divmod(self._position, BLOCK)
            length = min(BLOCK - offset, end - self._position)
            got = self._block(number, end)[offset : offset + length]
            into[self._position - start :][: len(got)] = got
            self._position += len(got)
            if len(got) < length:  # the object shrank since it was listed
                break
        return max(0, self._position - start)

    def read(self, size: int | None = -1) -> bytes:
        """Return up to *size* bytes from the position, all of them when it is negative."""
        left = max(0, self.size - self._position)
        length = left if size is None or size < 0 else min(size, left)
        self._require_allowed(length)
        buffer = bytearray(length)
        return bytes(buffer[: self.readinto(memoryview(buffer))])

    def readall(self) -> bytes:
        """Return everything from the position on."""
        return self.read()

    def _block(self, number: int, end: int) -> bytes:
        """Return one block; the others up to *end*, in bytes, come with it when they are missing too."""
        if number not in self._blocks:
            self._fetch(number, end)
        return self._blocks[number]

    def _fetch(self, first: int, end: int) -> None:
        self._ahead = min(2 * self._ahead + 1, READ_AHEAD) if first == self._next else 0
        last = first
        wanted = (end + BLOCK - 1) // BLOCK + self._ahead
        while last + 1 < wanted and last + 1 not in self._blocks:
            last += 1
        start = first * BLOCK
        content = self._get(start, min((last + 1) * BLOCK, self.size) - start, end - start)
        for number in range(first, last + 1):
            self._blocks[number] = content[(number - first) * BLOCK :][:BLOCK]
        self._next = last + 1

    def _get(self, start: int, length: int, needed: int) -> bytes:
        """Fetch *length* bytes if the budget has them, or as many as it has if they are all that is *needed*."""
        if self.fault:
            raise self.fault
        began = time.monotonic()
        try:
            self._check_time()
            content = self._source.read_range(self._key, start, min(length, self._allowed(needed)))
        except Exception as error:
            self.fault = error
            raise
        self._waited += time.monotonic() - began
        self.requests += 1
        self.fetched += len(content)
        return content

    def _allowed(self, needed: int) -> int:
        """Return how many bytes may still be fetched, at least *needed*."""
        if self.budget is None:
            return self.size
        if self.requests >= self.budget.requests:
            raise OverBudget(f"{self.budget.requests} requests")
        left = self.budget.bytes - self.fetched
        if needed > left:
            raise OverBudget(f"{self.budget.bytes:,} bytes")
        return left

    def _require_allowed(self, length: int) -> None:
        """Check that *length* bytes may be held at all, before there is room for them."""
        if self.budget and length > self.budget.bytes:
            self.fault = self.fault or OverBudget(f"{self.budget.bytes:,} bytes")
            raise self.fault

    def _check_time(self) -> None:
        """Check what the file took of the bucket's time and of this thread's; that of other threads is not its own."""
        if self.budget is None:
            return
        if max(self._waited, time.thread_time() - self._cpu_began) > self.budget.seconds:
            self.fault = OverBudget(f"{self.budget.seconds:g} seconds")
            raise self.fault

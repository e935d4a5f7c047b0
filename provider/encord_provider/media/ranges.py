"""Ranges of an object's bytes as a file that can be read and sought."""

import io
from typing import Protocol

BLOCK = 64 * 1024
"""Bytes a request fetches at least: one request covers the header of most files."""


class RangeSource(Protocol):
    """All that reading by range needs of a bucket."""

    def read_range(self, key: str, start: int, length: int) -> bytes:
        """Return *length* bytes of the object from *start*."""


class RangeReader(io.RawIOBase):
    """An object as a binary file; bytes are fetched in blocks, when they are asked for."""

    def __init__(self, source: RangeSource, key: str, size: int) -> None:
        self._source = source
        self._key = key
        self._size = size
        self._position = 0
        self._block_start = 0
        self._block = b""

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
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what RawIOBase.read passes
        """Fill *buffer* from the position; return how many bytes there were."""
        length = max(0, min(len(buffer), self._size - self._position))
        offset = self._position - self._block_start
        if length and not 0 <= offset <= len(self._block) - length:
            wanted = min(max(length, BLOCK), self._size - self._position)
            self._block = self._source.read_range(self._key, self._position, wanted)
            self._block_start, offset = self._position, 0
        got = self._block[offset : offset + length]  # fewer when the object shrank since it was listed
        buffer[: len(got)] = got
        self._position += len(got)
        return len(got)

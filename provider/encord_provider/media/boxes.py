"""The boxes of an mp4 or mov: named lengths of bytes, some of which hold boxes again (ISO/IEC 14496-12, §4.2)."""

import struct
from collections.abc import Iterator
from typing import Final

from encord_provider.media.grades import Unclear
from encord_provider.media.ranges import RangeReader

_HEADER, _LONG_HEADER = struct.Struct(">I4s"), struct.Struct(">Q")

_BEFORE_THE_MOVIE: Final = frozenset(
    {
        b"ftyp",
        b"free",
        b"skip",
        b"wide",
        b"mdat",
        b"uuid",
        b"pdin",
        b"pnot",
        b"PICT",
        b"meta",
        b"sidx",
        b"styp",
    }
)
"""What may stand before the index; FFmpeg looks for one inside of others."""


def movie_box(reader: RangeReader) -> bytes | None:
    """Return the content of the box ``moov``, which holds the index; None where a file is not made of boxes.

    Raises:
        OverBudget: It is larger than may be fetched.
        Unclear: Something stands before it that may be an index too.

    """
    start = 0
    while start < reader.size:
        name, content, end = _box_at(reader, start)
        if name == b"moov":
            reader.seek(content)
            return reader.read(end - content)
        if name not in _BEFORE_THE_MOVIE:
            if start:
                raise Unclear("its index cannot be found")
            return None
        start = end
    return None


def _box_at(reader: RangeReader, start: int) -> tuple[bytes, int, int]:
    """Return the name of a box, and where its content begins and ends; no name for what is none."""
    reader.seek(start)
    header = reader.read(_HEADER.size + _LONG_HEADER.size)
    if len(header) < _HEADER.size:
        return b"", start, start
    length, name = _HEADER.unpack_from(header)
    content = start + _HEADER.size
    if length == 1 and len(header) == _HEADER.size + _LONG_HEADER.size:
        (length,) = _LONG_HEADER.unpack_from(header, _HEADER.size)
        content += _LONG_HEADER.size
    if length == 0:
        length = reader.size - start
    end = min(start + length, reader.size)
    return (name, content, end) if content <= end else (b"", start, start)


class Box:
    """A box that holds boxes."""

    def __init__(self, content: memoryview) -> None:
        self._held: dict[bytes, list[memoryview]] = {}
        for name, inside in _boxes(content):
            self._held.setdefault(name, []).append(inside)

    def all(self, name: bytes) -> list["Box"]:
        """Return the boxes of this name, each of which holds boxes."""
        return [Box(content) for content in self._held.get(name, ())]

    def path(self, *names: bytes) -> "Box":
        """Go down to the one box there.

        Raises:
            Unclear: There is none, or there are several.

        """
        return Box(self.only(names[0])).path(*names[1:]) if names else self

    def only(self, name: bytes) -> memoryview:
        """Return the content of the one box of this name; raises what `path` raises."""
        content = self.find(name)
        if content is None:
            raise Unclear(f"its index lacks the box {name.decode('latin-1')}")
        return content

    def find(self, name: bytes) -> memoryview | None:
        """Return the content of the box of this name, None where there is none.

        Raises:
            Unclear: There are several.

        """
        found = self._held.get(name, [])
        if len(found) > 1:
            raise Unclear(f"its index has the box {name.decode('latin-1')} twice")
        return found[0] if found else None


def _boxes(content: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    start = 0
    while start + _HEADER.size <= len(content):
        length, name = _HEADER.unpack_from(content, start)
        if length < _HEADER.size or start + length > len(content):
            return
        yield name, content[start + _HEADER.size : start + length]
        start += length

"""The index of an mp4 or mov, read from its sample tables (ISO/IEC 14496-12, §8.6 and §8.7).

A file whose tables can be read in two ways is not proven.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from encord_provider.media.boxes import Box, movie_box
from encord_provider.media.grades import Unclear
from encord_provider.media.ranges import RangeReader
from encord_provider.media.tracks import Edit, Track

if TYPE_CHECKING:
    from encord_provider.media.tracks import Integers

_RAW_SOUND: Final = frozenset(
    {
        b"sowt",
        b"twos",
        b"raw ",
        b"in24",
        b"in32",
        b"fl32",
        b"fl64",
        b"lpcm",
        b"ulaw",
        b"alaw",
        b"ipcm",
        b"fpcm",
    }
)
"""Formats of sound that is not compressed (QuickTime File Format, "Sound sample descriptions")."""

_SIZE_AT: Final = 40
"""Where a film's width stands in ``stsd``, in bytes from its version."""


@dataclass(frozen=True)
class Index:
    """The index of a file: its tracks."""

    tracks: tuple[Track, ...]
    fragments: int | None
    """How many samples stand in pieces of the file and not here; None where the file is in one piece."""

    def track(self, number: int) -> Track | None:
        """Return the track of this number, where there is one whose samples all stand here."""
        if self.fragments is not None:
            return None
        return next((track for track in self.tracks if track.number == number and track.count), None)

    @property
    def entries(self) -> int:
        """How many entries FFmpeg makes of it in memory."""
        return sum(track.entries for track in self.tracks) + (self.fragments or 0)

    @property
    def pixels(self) -> int:
        """How many pixels the largest picture of its films has."""
        return max((track.pixels for track in self.tracks if track.is_film), default=0)

    @property
    def is_edited(self) -> bool:
        """Whether an edit list changes which frames are shown."""
        return any(track.is_film and track.is_edited for track in self.tracks)


def index_of(reader: RangeReader) -> Index | None:
    """Read the index of a file; None where it has none, since it is no mp4 or mov.

    Raises:
        OverBudget: It is larger than may be fetched, or says that it is larger than may be held.
        Unclear: It contradicts itself, or can be read in two ways.

    """
    content = movie_box(reader)
    if content is None:
        return None
    movie = Box(memoryview(content))
    scale = _scale(movie.only(b"mvhd"))
    tracks = tuple(_track(box, scale) for box in movie.all(b"trak"))
    if content.count(b"stsz") + content.count(b"stz2") != len(tracks):  # FFmpeg finds them anywhere
        raise Unclear("its index can be read in two ways")
    fragments = _fragments(reader) if b"mvex" in content else None
    index = Index(tracks, fragments)
    reader.require(entries=index.entries, pixels=index.pixels)
    return index


def _fragments(reader: RangeReader) -> int:
    """Return how many samples the pieces of a fragmented file have, by their boxes ``trun``."""
    if not reader.is_small:
        raise Unclear("it is in fragments, and too large to be read whole")
    reader.seek(0)
    content, count, at = reader.read(), 0, 0
    while (at := content.find(b"trun", at) + 1) > 0:
        count += int.from_bytes(content[at + 7 : at + 11])
    return count


def _track(track: Box, movie_scale: int) -> Track:
    media = track.path(b"mdia")
    tables = media.path(b"minf", b"stbl")
    count, sizes = _sizes(tables.only(b"stsz"))
    chunks = _chunks(tables)
    lengths = _chunk_lengths(_rows(tables.only(b"stsc"), 3), len(chunks))
    durations, delays = _rows(tables.only(b"stts"), 2), _rows(tables.find(b"ctts"), 2)
    if any((numbers < 0).any() for numbers in (sizes, lengths, durations, delays[:, 0])):
        raise Unclear("its index has numbers below zero")
    for said in (lengths.sum(), durations[:, 0].sum(), delays[:, 0].sum() if len(delays) else count):
        if said != count:
            raise Unclear(f"its index says that it has {count:,} samples, and {int(said):,}")
    keys, formats = tables.find(b"stss"), tables.only(b"stsd")
    handler = bytes(media.only(b"hdlr")[8:12])
    return Track(
        number=_number(track.only(b"tkhd")),
        is_film=handler == b"vide",
        is_raw_sound=handler == b"soun" and bytes(formats[12:16]) in _RAW_SOUND,
        pixels=_pixels(formats),
        scale=_scale(media.only(b"mdhd")),
        sizes=sizes,
        count=count,
        durations=durations,
        delays=delays,
        chunks=chunks,
        chunk_lengths=lengths,
        descriptions=_integer(formats, 4),
        key_frames=None if keys is None else _rows(keys, 1)[:, 0],
        edits=tuple(_edits(track, movie_scale)),
    )


def _sizes(box: memoryview) -> tuple[int, "Integers"]:
    import numpy as np

    same, count = _integer(box, 4), _integer(box, 8)
    return count, np.array([same]) if same else _array(box, 12, count)


def _chunks(tables: Box) -> "Integers":
    long = tables.find(b"co64")
    box, form = (tables.only(b"stco"), ">u4") if long is None else (long, ">i8")
    return _array(box, 8, _integer(box, 4), form)


def _chunk_lengths(rows: "Integers", chunks: int) -> "Integers":
    """Return how many samples each chunk has; rows say from which chunk on it is how many."""
    import numpy as np

    firsts = np.append(rows[:, 0], chunks + 1)
    runs = np.diff(firsts)
    if len(rows) and (firsts[0] != 1 or (runs < 0).any()):
        raise Unclear("its index has its chunks in no order")
    lengths: Integers = np.repeat(rows[:, 1], runs)
    return lengths


def _edits(track: Box, movie_scale: int) -> Iterator[Edit]:
    for box in track.all(b"edts"):
        entries = box.find(b"elst")
        if entries is not None:
            form = struct.Struct(">Qqi" if _version(entries) == 1 else ">Iii")
            rows = entries[8 : 8 + form.size * _integer(entries, 4)]
            for length, start, rate in form.iter_unpack(rows[: len(rows) // form.size * form.size]):
                yield Edit(Fraction(length, movie_scale), start, rate)


def _rows(box: memoryview | None, width: int) -> "Integers":
    """Return a table: four bytes of version and flags, the number of rows, and the rows."""
    import numpy as np

    if box is None:
        return np.empty((0, width), np.int64)
    return _array(box, 8, _integer(box, 4) * width).reshape(-1, width)


def _array(box: memoryview, start: int, count: int, form: str = ">i4") -> "Integers":
    """Read *count* numbers; those of tables are signed, as FFmpeg has them."""
    import numpy as np

    if start + count * np.dtype(form).itemsize > len(box):
        raise Unclear("its index is cut off")
    return np.frombuffer(box, form, count, start).astype(np.int64)


def _scale(header: memoryview) -> int:
    """Return the ticks a second of ``mvhd`` or ``mdhd``, behind two times of four or eight bytes."""
    scale = _integer(header, 20 if _version(header) == 1 else 12)
    if not scale:
        raise Unclear("its index has no unit of time")
    return scale


def _pixels(formats: memoryview) -> int:
    """Return width times height of the first ``VisualSampleEntry``: two bytes each."""
    width, height = formats[_SIZE_AT : _SIZE_AT + 2], formats[_SIZE_AT + 2 : _SIZE_AT + 4]
    return int.from_bytes(width) * int.from_bytes(height)


def _number(header: memoryview) -> int:
    return _integer(header, 20 if _version(header) == 1 else 12)


def _version(box: memoryview) -> int:
    return box[0] if len(box) else 0


def _integer(box: memoryview, start: int) -> int:
    if start + 4 > len(box):
        raise Unclear("its index is cut off")
    return int.from_bytes(box[start : start + 4])

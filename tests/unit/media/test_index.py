"""The sample tables say what FFmpeg says packet by packet; what they only claim is never made room for."""

import io
import socket
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np
import pytest

from encord_provider.manifest.kinds import Kind
from encord_provider.media.budget import Budget, OverBudget
from encord_provider.media.grades import Grade, Unclear
from encord_provider.media.index import Index, index_of
from encord_provider.media.probe import probe
from encord_provider.media.ranges import RangeReader
from tests import media
from tests.unit.media.corpus import Case, corpus
from tests.unit.media.corpus.films import Film, patched
from tests.unit.media.held import Held

MILLION = 1_000_000


def read(content: bytes) -> Index:
    found = index_of(RangeReader(Held(content), "film.mp4", len(content), Budget()))
    assert found
    return found


def whole_films() -> Iterator[Case]:
    for case in corpus():
        if case.key.startswith("films/") and case.key.endswith((".mp4", ".mov")):
            name = case.key.removeprefix("films/")
            if not name.startswith(("cut-", "lying-", "fragments", "noise", "named-mp4-is-mkv", "sound.mp4")):
                yield case


def test_times_and_places_are_those_of_every_packet() -> None:
    compared = 0
    for case in whole_films():
        try:
            index = read(case.content)
        except AssertionError:  # a picture or a document under a film's name
            continue
        with av.open(io.BytesIO(case.content), "r", options={"ignore_editlist": "1"}) as container:
            stream = container.streams.video[0]
            packets = [packet for packet in container.demux(stream) if packet.size]
            track = index.track(stream.id)
        assert track, case.key
        assert sorted(p.pts or 0 for p in packets) == sorted(track.shown.tolist()), case.key
        assert {(p.pos or 0) + p.size for p in packets} == set(track.ends.tolist()), case.key
        compared += 1
    assert compared > 60


def test_a_long_index_is_read_as_fast_as_arrays_are() -> None:
    """Ten hours of film: no packet passes through Python, so the tables alone are read."""
    content = long_film(MILLION)
    held = Held(content)
    reader = RangeReader(held, "film.mp4", len(content), Budget(bytes=20 * MILLION))

    index = index_of(reader)

    assert index
    (track,) = index.tracks
    assert track.timeline().step == 1
    assert (track.length, track.inside(len(content))) == (MILLION, MILLION)


def long_film(frames: int) -> bytes:
    """Return an index of *frames* frames that are said to be one byte each, in a file of so many bytes."""
    content = media.video()
    content = resized(content, b"stsz", bytes(4) + (1).to_bytes(4) + frames.to_bytes(4))
    content = resized(content, b"stsc", bytes(4) + b"".join(n.to_bytes(4) for n in (1, 1, frames, 1)))
    content = resized(content, b"stco", bytes(4) + (1).to_bytes(4) + bytes(4))
    content = resized(content, b"stts", bytes(4) + b"".join(n.to_bytes(4) for n in (1, frames, 1)))
    content = resized(content, b"ctts", None)
    return content + bytes(frames)


def resized(content: bytes, name: bytes, by: bytes | None) -> bytes:
    """Put other content into the box *name*, or the box away, and mend the lengths of those around it."""
    at = content.index(name) - 4
    length = int.from_bytes(content[at : at + 4])
    box = b"" if by is None else (8 + len(by)).to_bytes(4) + name + by
    longer = len(box) - length
    changed = bytearray(content[:at] + box + content[at + length :])
    for outer in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
        place = changed.index(outer) - 4
        changed[place : place + 4] = (int.from_bytes(changed[place : place + 4]) + longer).to_bytes(4)
    return bytes(changed)


def test_a_film_as_long_as_ten_hours_is_opened_with_its_edits_left_aside() -> None:
    assert read(media.video()).is_edited is False
    assert read(patched(media.video(), b"elst", 8, (1).to_bytes(4))).is_edited is True


@pytest.mark.parametrize(
    ("name", "offset", "value", "reason"),
    [
        (b"stsz", 8, 20, "its index is cut off"),
        (b"stts", 8, 9, "its index says that it has 10 samples, and 9"),
        (b"ctts", 8, 9, "its index says that it has 10 samples, and"),
        (b"stsc", 12, 11, "its index says that it has 10 samples, and 11"),
        (b"stsc", 8, 2, "its index has its chunks in no order"),
        (b"mdhd", 12, 0, "its index has no unit of time"),
        (b"stts", 8, 2**32 - 1, "its index has numbers below zero"),
    ],
)
def test_an_index_that_contradicts_itself_is_unclear(
    name: bytes, offset: int, value: int, reason: str
) -> None:
    with pytest.raises(Unclear, match=reason):
        read(patched(media.video(), name, offset, value.to_bytes(4)))


def test_a_table_that_stands_twice_is_unclear() -> None:
    twice = resized(media.video(), b"stss", bytes(16) + b"\x00\x00\x00\x08stsz")

    with pytest.raises(Unclear, match=r"two ways|twice"):
        read(twice)


def test_an_index_hidden_behind_another_box_is_unclear() -> None:
    content = media.video()
    hidden = content[:32] + b"\x00\x00\x00\x08minf" + content[32:]

    assert probe(Held(hidden), "film.mp4", len(hidden), Kind.VIDEO).grade is Grade.UNCLEAR


def test_the_time_base_is_that_of_the_track() -> None:
    (track,) = read(media.video()).tracks

    assert track.timeline().time_base == Fraction(1, track.scale)
    assert np.array_equal(track.decoded, np.arange(10) * track.decoded[1])


def of_samples(count: int) -> bytes:
    """Return a film of some kilobytes whose index says that it has *count* frames of one byte."""
    return long_film(count)[: len(long_film(1)) - 1]


def of_fragments(count: int) -> bytes:
    """Return a film in pieces, the first of which says that it has *count* frames."""
    content = Film(muxer={"movflags": "frag_keyframe+empty_moov+default_base_moof"}).encoded()
    return patched(content, b"trun", 0, (1).to_bytes(4) + count.to_bytes(4))


BOMBS = {"samples": of_samples, "fragments": of_fragments}


@pytest.mark.parametrize("bomb", BOMBS)
def test_an_index_that_says_it_is_endless_costs_no_memory(bomb: str) -> None:
    """In a process of its own, as its peak of memory is what counts."""
    code = (
        "import resource\n"
        "from encord_provider.manifest.kinds import Kind\n"
        "from encord_provider.media.probe import probe\n"
        "from tests.unit.media.held import Held\n"
        "from tests.unit.media.test_index import BOMBS, media\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
        "probe(Held(media.video()), 'film.mp4', len(media.video()), Kind.VIDEO)\n"
        f"content, before = BOMBS[{bomb!r}](50_000_000), peak()\n"
        "found = probe(Held(content), 'film.mp4', len(content), Kind.VIDEO)\n"
        "print(found.grade.value, len(content), peak() - before, *found.reasons)\n"
    )

    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout

    grade, size, megabytes, *reason = said.split()
    assert (grade, " ".join(reason)) == ("B", "it takes more than 1,000,000 entries of an index to tell")
    assert int(size) < 100_000
    assert int(megabytes) < 64


def test_a_film_that_is_larger_than_any_screen_is_not_decoded() -> None:
    content = patched(media.video(), b"avc1", 24, (16_000).to_bytes(2) + (16_000).to_bytes(2))

    with pytest.raises(OverBudget, match="36,000,000 pixels"):
        read(content)


def test_a_list_of_other_files_is_not_followed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/secret.ts"
        playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{address}\n#EXT-X-ENDLIST\n".encode()

        found = probe(Held(playlist), "film.mp4", len(playlist), Kind.VIDEO)

        with pytest.raises(BlockingIOError):
            server.accept()
    assert found.grade is Grade.BROKEN

"""Ranges of an object's bytes as a file."""

import io

import pytest

from encord_provider.media.ranges import BLOCK
from tests.unit.media.held import Held

CONTENT = bytes(n * 7 % 251 for n in range(3 * BLOCK + 17))


def test_the_whole_object_can_be_read() -> None:
    assert Held(CONTENT).reader().read() == CONTENT


def test_an_object_can_be_read_anywhere() -> None:
    reader = Held(CONTENT).reader()

    reader.seek(BLOCK - 3)
    assert reader.read(6) == CONTENT[BLOCK - 3 : BLOCK + 3]
    reader.seek(-5, io.SEEK_END)
    assert reader.read(100) == CONTENT[-5:]
    reader.seek(-10, io.SEEK_CUR)
    assert reader.tell() == len(CONTENT) - 10
    reader.seek(len(CONTENT) + 5)
    assert reader.read(1) == b""


def test_nothing_is_fetched_before_it_is_asked_for() -> None:
    held = Held(CONTENT)
    held.reader().seek(100)

    assert held.asked == []


def test_many_small_reads_of_a_header_are_one_request() -> None:
    held = Held(CONTENT)
    reader = held.reader()

    assert b"".join(reader.read(16) for _ in range(100)) == CONTENT[:1600]
    assert held.asked == [(0, BLOCK)]


def test_no_request_reaches_beyond_the_end() -> None:
    held = Held(CONTENT)
    reader = held.reader()
    reader.seek(3 * BLOCK)
    reader.read()

    assert all(start + length <= len(CONTENT) for start, length in held.asked)


def test_an_empty_object_is_never_asked_for() -> None:
    held = Held(b"")

    assert (held.reader().read(), held.asked) == (b"", [])


@pytest.mark.parametrize("asked_for", [10, 100, -1])
def test_an_object_that_shrank_since_it_was_listed_ends_where_it_ends(asked_for: int) -> None:
    assert Held(b"short").reader(size=50).read(asked_for) == b"short"


def test_a_position_before_the_start_is_the_start() -> None:
    reader = Held(CONTENT).reader()

    assert reader.seek(-5) == 0

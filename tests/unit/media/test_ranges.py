"""Ranges of an object's bytes as a file."""

import io

import pytest

from encord_provider.media.budget import Budget, OverBudget
from encord_provider.media.ranges import BLOCK, RangeReader
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


def test_a_file_that_is_read_on_and_on_takes_few_requests() -> None:
    content = bytes(40 * BLOCK)
    held = Held(content)
    reader = held.reader()

    assert b"".join(reader.read(1000) for _ in range(len(content) // 1000 + 1)) == content
    assert len(held.asked) <= 8
    assert sum(length for _, length in held.asked) == len(content)


def test_a_budget_of_bytes_is_used_up_and_not_exceeded() -> None:
    held = Held(bytes(10 * BLOCK))
    reader = RangeReader(held, "file", len(held.content), Budget(bytes=3 * BLOCK))

    while reader.tell() < 3 * BLOCK:
        reader.read(1024)
    with pytest.raises(OverBudget, match="it takes more than 196,608 bytes to tell"):
        reader.read(1024)

    assert reader.fetched == 3 * BLOCK
    assert isinstance(reader.fault, OverBudget)
    with pytest.raises(OverBudget):
        reader.read(10 * BLOCK)


def test_a_budget_of_requests_is_not_exceeded() -> None:
    held = Held(bytes(10 * BLOCK))
    reader = RangeReader(held, "file", len(held.content), Budget(requests=2))

    for place in (0, 4):
        reader.seek(place * BLOCK)
        reader.read(1)
    reader.seek(8 * BLOCK)
    with pytest.raises(OverBudget, match="2 requests"):
        reader.read(1)

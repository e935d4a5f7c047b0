"""The clock that tests turn."""

from datetime import UTC, datetime, timedelta

import pytest

from encord_provider.sandbox.clock import Clock
from encord_provider.sandbox.stamps import stamp


def test_turning_the_clock_moves_every_reading_of_it() -> None:
    clock = Clock()
    before, text = clock.now(), clock.stamp()
    clock.advance(3600)
    assert clock.now() - before >= timedelta(hours=1)
    assert clock.stamp() > text


def test_those_who_wait_hear_of_a_turn() -> None:
    clock, heard = Clock(), []
    clock.on_turn(lambda: heard.append(clock.timestamp()))
    clock.advance(1)
    assert len(heard) == 1


def test_the_clock_does_not_turn_back() -> None:
    with pytest.raises(ValueError, match="forward"):
        Clock().advance(-1)


def test_the_order_of_stamps_is_the_order_of_time() -> None:
    moments = [
        datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=step) for step in (0, 1, 999_999, 1_000_000)
    ]
    assert sorted(stamp(moment) for moment in moments) == [stamp(moment) for moment in moments]
    assert stamp(datetime(2026, 1, 1)) == stamp(moments[0])  # noqa: DTZ001 - a naive moment is the case

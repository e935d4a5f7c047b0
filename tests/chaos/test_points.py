"""Every side effect of a run, struck one at a time, before and after."""

from collections.abc import Iterator
from functools import cache

import pytest

from tests.chaos.encord import Encord, hand_turned_encord
from tests.chaos.oracle import faults
from tests.chaos.processes import Order, Trouble
from tests.chaos.storm import CALM, storm

SEED = 5
"""Of a calm storm whose bucket holds everything: groups, bad files, empty ones, excluded ones."""

LOST_ANSWER = Trouble("drop_after", times=4)
LOST_REQUEST = Trouble("drop_before", times=4)
TOO_MANY_REQUESTS = Trouble("status", times=4, status=429)
UNAVAILABLE = Trouble("status", times=4, status=503)


@cache
def points() -> tuple[str, ...]:
    """Return every point of an undisturbed run and the one after it, in order."""
    with hand_turned_encord() as encord, storm(encord, SEED, CALM) as calm:
        calm.blow()
        assert not faults(calm)
        return tuple(calm.points)


def first_of_each() -> Iterator[int]:
    """Yield the number at which each name comes first."""
    for name in dict.fromkeys(points()):
        yield points().index(name)


def damage(encord: Encord, number: int, order: Order | Trouble) -> list[str]:
    """Strike one point, let everything be retried, and return what is wrong then."""
    with storm(encord, SEED, CALM) as calm:
        calm.strike = (number, order)
        calm.blow()
        return faults(calm)


def test_killed_after_any_effect_a_run_comes_to_its_end(encord: Encord) -> None:
    after = [
        number for number in first_of_each() if not points()[number].endswith(("to begin", "to be sent"))
    ]
    assert {
        points()[number]: found for number in after if (found := damage(encord, number, Order.KILL))
    } == {}


def test_no_lost_answer_registers_anything_twice(encord: Encord) -> None:
    sent = [number for number in first_of_each() if points()[number].endswith("to be sent")]
    assert {
        points()[number]: found for number in sent if (found := damage(encord, number, LOST_ANSWER))
    } == {}


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("order", [Order.KILL, Order.TERMINATE], ids=lambda order: order.name.lower())
def test_killed_or_terminated_at_any_point_a_run_comes_to_its_end(encord: Encord, order: Order) -> None:
    everywhere = range(len(points()))
    assert {
        points()[number]: found for number in everywhere if (found := damage(encord, number, order))
    } == {}


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    "trouble", [LOST_ANSWER, LOST_REQUEST, TOO_MANY_REQUESTS, UNAVAILABLE], ids=lambda trouble: trouble.effect
)
def test_no_trouble_with_any_request_does_damage(encord: Encord, trouble: Trouble) -> None:
    sent = [number for number, point in enumerate(points()) if point.endswith("to be sent")]
    assert {points()[number]: found for number in sent if (found := damage(encord, number, trouble))} == {}

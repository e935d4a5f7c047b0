"""Every side effect of a run, struck one at a time, before and after."""

from collections.abc import Iterable
from functools import cache

import pytest

from tests.chaos.encord import Encord, hand_turned_encord
from tests.chaos.oracle import faults
from tests.chaos.processes import Order, Trouble
from tests.chaos.storm import storm
from tests.chaos.weather import POISONED, Weather
from tests.docs.pages import Page, first_code

SEED = 14
"""Of a calm storm whose bucket holds everything: groups, bad files, empty ones, excluded ones, and one poison."""

LOST_ANSWER = Trouble("drop_after", times=4)
LOST_REQUEST = Trouble("drop_before", times=4)
TOO_MANY_REQUESTS = Trouble("status", times=4, status=429)
UNAVAILABLE = Trouble("status", times=4, status=503)


@cache
def points(seed: int = SEED, weather: Weather = POISONED) -> tuple[str, ...]:
    """Return every point of an undisturbed run and the one after it, in order."""
    with hand_turned_encord() as encord, storm(encord, seed, weather) as calm:
        calm.blow()
        assert not faults(calm)
        return tuple(calm.points)


def effects() -> set[str]:
    """Return what a run changes in the ledger, in the storage and in Encord."""
    after = {point.rpartition(": ") for point in points()}
    done = {name for name, _, what in after if what in {"committed", "stored", "answered"}}
    return {name for name in done if not name.startswith("GET ")}


def damage(encord: Encord, number: int, order: Order | Trouble) -> list[str]:
    """Strike one point, let everything be retried, and return what is wrong then."""
    with storm(encord, SEED, POISONED) as calm:
        calm.strike = (number, order)
        calm.blow()
        return faults(calm)


def test_the_page_on_delivery_says_what_happens_after_every_effect() -> None:
    rows = Page.read("design/delivery").under("Every effect").table()

    assert set(first_code(rows)) == effects()
    assert all(all(row) for row in rows)


def kinds_of(numbers: Iterable[int]) -> list[int]:
    """Return the first point of each name."""
    first: dict[str, int] = {}
    for number in numbers:
        first.setdefault(points()[number], number)
    return list(first.values())


def sent() -> list[int]:
    """Return the points at which a request is about to be sent."""
    return [number for number, point in enumerate(points()) if point.endswith("to be sent")]


ORDERS = pytest.mark.parametrize("order", [Order.KILL, Order.TERMINATE], ids=lambda order: order.name.lower())
TROUBLES = pytest.mark.parametrize(
    "trouble",
    [LOST_ANSWER, LOST_REQUEST, TOO_MANY_REQUESTS, UNAVAILABLE],
    ids=["answer", "request", "429", "503"],
)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@ORDERS
def test_killed_or_terminated_before_and_after_every_effect_a_run_comes_to_its_end(
    encord: Encord, order: Order
) -> None:
    struck = kinds_of(range(len(points())))
    assert {points()[n]: found for n in struck if (found := damage(encord, n, order))} == {}


@pytest.mark.slow
@pytest.mark.timeout(1200)
@TROUBLES
def test_no_trouble_with_any_kind_of_request_does_damage(encord: Encord, trouble: Trouble) -> None:
    assert {points()[n]: found for n in kinds_of(sent()) if (found := damage(encord, n, trouble))} == {}


@pytest.mark.long
@pytest.mark.timeout(7200)
@ORDERS
def test_killed_or_terminated_at_every_point_a_run_comes_to_its_end(encord: Encord, order: Order) -> None:
    struck = range(len(points()))
    assert {points()[n]: found for n in struck if (found := damage(encord, n, order))} == {}


@pytest.mark.long
@pytest.mark.timeout(7200)
@TROUBLES
def test_no_trouble_with_any_request_does_damage(encord: Encord, trouble: Trouble) -> None:
    assert {points()[n]: found for n in sent() if (found := damage(encord, n, trouble))} == {}

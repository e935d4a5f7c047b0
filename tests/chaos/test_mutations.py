"""The harness finds the damage that each protection prevents: it is switched off, and a storm tells."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

import pytest

from tests.chaos.encord import Encord
from tests.chaos.mutations import MUTATIONS
from tests.chaos.oracle import damage
from tests.chaos.processes import Order, Trouble
from tests.chaos.storm import Storm, storm
from tests.chaos.test_points import LOST_ANSWER, SEED, points
from tests.chaos.weather import EVENTLESS, POISONED, Weather

SEARCHED = 60
"""Storms that are tried before a protection counts as one that nobody would miss."""

STARTS = 3
"""Of the jobs of each storm that are lost."""

START = "POST storage/folders/*/data-upload-jobs: to be sent"

CHANGEABLE = replace(EVENTLESS, runs=3, bucket=8, leap=0.5, clear=0.5)
"""Nobody dies, and the bucket never rests: what its groups need protection from."""

HAUNTED = replace(EVENTLESS, runs=3, presume_dead=0.08, bucket=4, leap=1.5, clear=0.7)
"""Tasks are taken for dead, and go on."""

SLUGGISH = replace(EVENTLESS, steps=600, registers=1)
"""Encord takes its time: a job that nobody knows of goes on while its manifest is sent again."""

CANCELLED = replace(EVENTLESS, steps=200, runs=2, bucket=4, cancel=3, leap=1.5, clear=0.7)
"""Somebody cancels jobs in Encord."""


@dataclass(frozen=True)
class Attempt:
    """One storm that may tell."""

    seed: int
    weather: Weather | None = None
    """None is the seed's own."""

    strike: tuple[int, Order | Trouble] | None = None

    def damage(self, encord: Encord) -> list[str]:
        """Let it blow, and return what is wrong then."""
        with storm(encord, self.seed, self.weather) as blowing:
            blowing.strike = self.strike
            blowing.blow()
            return _told(blowing)


def _told(blowing: Storm) -> list[str]:
    found = damage(blowing)
    assert blowing.mistakes == [], "a harness that breaks finds nothing"
    return found


def lost_starts(weather: Weather) -> Callable[[], Iterator[Attempt]]:
    """Lose what is known of the start of some upload jobs in turn, in one storm after another."""

    def attempts() -> Iterator[Attempt]:
        for seed in range(SEED, SEED + SEARCHED):
            numbers = [n for n, point in enumerate(points(seed, weather)) if point == START]
            for number in numbers[:STARTS]:
                yield Attempt(seed, weather, (number, LOST_ANSWER))
                yield Attempt(seed, weather, (number + 1, Order.KILL))

    return attempts


def in_weather(weather: Weather) -> Callable[[], Iterator[Attempt]]:
    """Try one seed after another."""
    return lambda: (Attempt(seed, weather) for seed in range(SEARCHED))


def found_by_chance(*seeds: int) -> Callable[[], Iterator[Attempt]]:
    """Try those of thousands of seeds that told once."""
    return lambda: (Attempt(seed) for seed in seeds)


ATTEMPTS: dict[str, Callable[[], Iterator[Attempt]]] = {
    "a repeat sends everything, read back or not": lost_starts(POISONED),
    "a job starts without its intent on record": lost_starts(POISONED),
    "a repeat that Encord does not skip": lost_starts(SLUGGISH),
    "what a job does not name is not looked up": lost_starts(POISONED),
    "a zombie may write": in_weather(HAUNTED),
    "nobody holds a lease": in_weather(HAUNTED),
    "the next try makes what is being made": found_by_chance(1051, 6049, 9015),
    "what a cancelled job did not reach is forgotten": in_weather(CANCELLED),
    "who fails in company is at fault": in_weather(POISONED),
    "a late member makes a group of its own": in_weather(CHANGEABLE),
    "a late member is refused while its group is on its way": in_weather(CHANGEABLE),
    "what replaces a member counts as late": in_weather(CHANGEABLE),
}
"""Where the damage is looked for that a protection prevents."""


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("mutation", MUTATIONS)
def test_without_a_protection_a_storm_does_damage(encord: Encord, mutation: str) -> None:
    with MUTATIONS[mutation]():
        attempts = islice(ATTEMPTS[mutation](), SEARCHED)
        telling = next((attempt for attempt in attempts if attempt.damage(encord)), None)
    assert telling is not None, f"none of {SEARCHED} storms needs this protection"
    assert telling.damage(encord) == [], "the protection is not what prevents it"

"""The harness finds the damage that each protection prevents: it is switched off, and a storm tells."""

import pytest

from tests.chaos.encord import Encord
from tests.chaos.mutations import MUTATIONS
from tests.chaos.oracle import faults, faults_of_replay
from tests.chaos.storm import Weather, storm

SEARCHED = 60
"""Seeds that are tried before a protection counts as one that nobody would miss."""

CHANGEABLE = Weather(
    steps=300,
    runs=3,
    kill=0,
    terminate=0,
    presume_dead=0,
    trouble=0,
    bucket=8,
    cancel=0,
    leap=0.5,
    clear=0.5,
)
"""Nobody dies, and the bucket never rests: what its groups need protection from."""

SEEDS = {
    "a repeat sends everything, read back or not": 7,
    "a job starts without its intent on record": 7,
    "a repeat that Encord does not skip": 1,
    "what a job does not name is not looked up": 1,
    "a zombie may write": 3,
    "nobody holds a lease": 0,
    "what a cancelled job did not reach is forgotten": 6,
    "a late member makes a group of its own": 5,
    "a late member is refused while its group is on its way": 1,
    "what replaces a member counts as late": 49,
}
"""Where the search begins: a seed that told when it was written down. A change of the steps makes others tell."""


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("mutation", MUTATIONS)
def test_without_a_protection_a_storm_does_damage(encord: Encord, mutation: str) -> None:
    weather = CHANGEABLE if "member" in mutation else None
    with MUTATIONS[mutation]():
        seeds = (SEEDS[mutation], *range(SEARCHED))
        telling = next((seed for seed in seeds if damage(encord, seed, weather)), None)
    assert telling is not None, f"none of {SEARCHED} storms needs this protection"
    assert damage(encord, telling, weather) == [], "the protection is not what prevents it"


def damage(encord: Encord, seed: int, weather: Weather | None) -> list[str]:
    """Let a storm blow, and return what is wrong then."""
    with storm(encord, seed, weather) as blowing:
        blowing.blow()
        return faults(blowing) or faults_of_replay(blowing)

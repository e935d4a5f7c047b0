"""The harness finds the damage that each protection prevents: it is switched off, and a seed tells."""

import pytest

from tests.chaos.encord import Encord
from tests.chaos.mutations import MUTATIONS
from tests.chaos.oracle import faults, faults_of_replay
from tests.chaos.storm import storm

SEEDS = {
    "a repeat sends everything, read back or not": 7,
    "a job starts without its intent on record": 7,
    "a repeat that Encord does not skip": 1,
    "what a job does not name is not looked up": 1,
    "a zombie may write": 3,
    "nobody holds a lease": 0,
    "what a cancelled job did not reach is forgotten": 6,
    "a late member makes a group of its own": 54,
    "a late member is refused while its group is on its way": 1,
    "what replaces a member counts as late": 49,
}
"""A seed that does no damage as things are, and does when a protection is off."""


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mutation", MUTATIONS)
def test_without_a_protection_a_storm_does_damage(encord: Encord, mutation: str) -> None:
    assert damage(encord, SEEDS[mutation]) == []
    with MUTATIONS[mutation]():
        assert damage(encord, SEEDS[mutation]) != []


def damage(encord: Encord, seed: int) -> list[str]:
    """Let a storm blow, and return what is wrong then."""
    with storm(encord, seed) as blowing:
        blowing.blow()
        return faults(blowing) or faults_of_replay(blowing)

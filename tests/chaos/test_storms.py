"""Whatever strikes the steps of a run: once it is calm, every object is registered once, and every account closes."""

import os
import subprocess
import sys

import pytest

from tests.chaos.encord import Encord
from tests.chaos.oracle import REPLAYED, damage
from tests.chaos.storm import storm

SEEDS = 300
"""Of the storms that CI lets blow; ``python -m tests.chaos`` takes any number."""

TOGETHER = 10
"""Storms of one test."""


@pytest.mark.parametrize("seed", range(8))
def test_a_storm_does_no_damage_and_a_replay_changes_nothing(encord: Encord, seed: int) -> None:
    _blow(encord, seed, replayed=True)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("first", range(0, SEEDS, TOGETHER))
def test_many_storms_do_no_damage(encord: Encord, first: int) -> None:
    for seed in range(first, first + TOGETHER):
        _blow(encord, seed, replayed=seed % REPLAYED == 0)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_seed_always_gives_the_same_storm() -> None:
    assert _digest(hash_seed="1") == _digest(hash_seed="2")


def _blow(encord: Encord, seed: int, *, replayed: bool) -> None:
    with storm(encord, seed) as blowing:
        blowing.blow()
        found = damage(blowing, replayed=replayed)
    assert found == [], f"python -m tests.chaos --log --seeds 1 --first-seed {seed}"


def _digest(hash_seed: str) -> str:
    command = [sys.executable, "-m", "tests.chaos", "--log", "--seeds", "1", "--first-seed", "3"]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return next(line for line in ran.stdout.splitlines() if line.startswith("seed 3: "))

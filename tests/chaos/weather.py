"""How bad a storm is."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Weather:
    """How bad it is; every number is a weight or a chance."""

    steps: int = 250
    runs: int = 3
    kill: float = 0.02
    terminate: float = 0.01
    presume_dead: float = 0.01
    trouble: float = 0.08
    bucket: float = 4.0
    cancel: float = 0.3
    leap: float = 1.5
    clear: float = 0.7
    poison: int = 0
    """Objects that make every job fail as a whole which holds one."""

    lands: bool = False
    """Whether such a job registers what comes before the object."""

    lose: float = 0.0
    """Jobs that fail as a whole though no object is at fault."""

    registers: float = 12.0
    """How fast Encord is; at 0 its jobs are stuck until the storm is over."""

    @classmethod
    def of(cls, chance: random.Random) -> "Weather":
        """Draw the weather of a seed: some are calm in one respect, and fierce in another."""
        force = chance.choice((0.0, 1.0, 1.0, 3.0))
        return cls(
            steps=chance.choice((120, 200, 300)),
            runs=chance.choice((1, 2, 3)),
            kill=0.02 * force,
            terminate=0.01 * chance.choice((0.0, 1.0, 3.0)),
            presume_dead=0.01 * chance.choice((0.0, 1.0, 4.0)),
            trouble=chance.choice((0.0, 0.08, 0.25)),
            bucket=chance.choice((0.0, 2.0, 6.0)),
            cancel=chance.choice((0.0, 0.0, 1.0)),
            leap=chance.choice((0.0, 1.5, 4.0)),
            clear=chance.choice((0.0, 0.7, 2.0)),
            poison=chance.choice((0, 0, 1, 2)),
            lands=chance.choice((False, True)),
            lose=chance.choice((0.0, 0.0, 1.0)),
            registers=chance.choice((0.0, 2.0, 12.0, 12.0)),
        )


CALM = Weather(steps=0)
POISONED = Weather(steps=0, poison=1)
"""Calm, too, but for one object."""

EVENTLESS = Weather(
    steps=300,
    runs=1,
    kill=0,
    terminate=0,
    presume_dead=0,
    trouble=0,
    bucket=0,
    cancel=0,
    leap=0,
    clear=0,
)
"""Nothing happens but what the tasks do; a weather with a few events is made of it."""

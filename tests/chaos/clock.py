"""The time of a storm: nobody sleeps, and a lease runs out when the storm says so."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from tests.chaos.processes import reach

BEGINNING = 1_800_000_000.0
"""Seconds since 1970; later than any real file of the test, so that all files are settled."""

TICK = 0.001
"""Seconds that pass at every look at the clock, so that no two looks are the same."""

WAITING = "waiting for a lease"
"""Where a process stands that sleeps."""

_FOLLOWERS = ("encord_provider.ingestion.", "encord_provider.ledger.")


class Clock:
    """Stands in for the module ``time`` in the modules that date and wait."""

    def __init__(self) -> None:
        self._now = BEGINNING

    def time(self) -> float:
        """Return seconds since 1970."""
        self._now += TICK
        return self._now

    monotonic = time

    def sleep(self, seconds: float) -> None:
        """Let the others go on meanwhile."""
        reach(WAITING)
        self.turn(seconds)

    def turn(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """Be the time of the steps and the ledger for a block."""
        followers = [module for name, module in sorted(sys.modules.items()) if name.startswith(_FOLLOWERS)]
        changed = [module for module in followers if getattr(module, "time", None) is time]
        try:
            for module in changed:
                _set_time(module, self)
            yield
        finally:
            for module in changed:
                _set_time(module, time)


def _set_time(module: ModuleType, value: object) -> None:
    module.time = value  # type: ignore[attr-defined]  # the module imports it

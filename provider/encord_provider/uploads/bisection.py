"""Which units to send next when an upload job failed as a whole, until each unit at fault is alone.

Binary splitting, one unit at fault after another: half of what is known to hold one is sent; when it lands, the
other half holds it, and when it fails, the search goes on inside it. Whatever that leaves unknown is sent
together afterwards, which begins the next search or ends the last. For k units at fault among n this takes at most
k * ceil(log2 n) + k jobs after the first one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

ACCUSED_IN_A_ROW: Final = 10
"""So many units are found at fault one after another, with nothing landing in between, before it is not the units."""


@dataclass(frozen=True)
class Part:
    """What is known of one job, the first or one of a part; units that went into a later part are not counted."""

    manifest: str
    failed: bool
    """Whether it failed as a whole."""

    open: tuple[str, ...]
    """The units of which nothing is known, in order."""

    registered: int
    refused: int


@dataclass(frozen=True)
class Send:
    """Send these units as a part of their own."""

    units: tuple[str, ...]


@dataclass(frozen=True)
class Accuse:
    """This unit is at fault: two jobs that held it failed, and all else that the last of them held is known."""

    manifest: str
    unit: str


@dataclass(frozen=True)
class GiveUp:
    """It is not the units: too many were found at fault in a row."""

    parts: tuple[str, ...]
    """Since the last one of which anything landed: what was found in these was found without ground."""


Step: TypeAlias = Send | Accuse | GiveUp


def next_step(parts: Sequence[Part]) -> Step | None:
    """Return what to do next, None when every unit is known.

    *parts* are the job that failed first and those that followed, in order, all of them over.
    """
    failed = [part for part in parts if part.failed]
    still_open = tuple(unit for part in failed for unit in part.open)
    if not still_open:
        return None
    in_a_row = _in_a_row(parts)
    if sum(part.refused for part in in_a_row) >= ACCUSED_IN_A_ROW:
        return GiveUp(tuple(part.manifest for part in in_a_row))
    last = failed[-1]
    if not last.open or last.refused:  # its failure is explained: nothing is known of the rest
        return Send(still_open)
    if len(last.open) > 1:
        return Send(last.open[: len(last.open) // 2])
    return Accuse(last.manifest, last.open[0]) if len(failed) > 1 else Send(last.open)


def _in_a_row(parts: Sequence[Part]) -> list[Part]:
    """Return the parts after the last one of which anything landed."""
    found: list[Part] = []
    for part in reversed(parts):
        if part.registered:
            break
        found.append(part)
    return found

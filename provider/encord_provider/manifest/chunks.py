"""Units to manifests that Encord takes, and that it advises."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from encord_provider.errors import TooManyManifests
from encord_provider.manifest.layout import FRAME_BYTES, entry_bytes
from encord_provider.manifest.limits import Advice, Limits
from encord_provider.manifest.units import Unit

_ROUNDING = 1e-9
"""A thousand thousandths add up to slightly more than one."""

ADVICE = "the advice"
"""What ends a chunk when no limit does."""


@dataclass(frozen=True)
class ChunkPlan:
    """How units are to be cut."""

    chunks: int

    enlarged: float
    """How many times the advice a chunk may hold; infinite when the limits alone are to cut."""


class _Load:
    """How full a manifest is."""

    __slots__ = ("manifest_bytes", "media_bytes", "share", "units", "urls")

    def __init__(self) -> None:
        self.units = self.urls = self.media_bytes = 0
        self.manifest_bytes = FRAME_BYTES
        self.share = 0.0

    def add(self, unit: Unit, size: int, share: float) -> None:
        self.units += 1
        self.urls += len(unit.urls)
        self.manifest_bytes += size
        self.media_bytes += unit.size
        self.share += share

    def over(self, limits: Limits, advice: Advice, enlarged: float) -> str | None:
        """Return what is over its bound, or None."""
        if self.units > limits.units:
            return f"the limit of {limits.units} units"
        if self.urls > limits.urls:
            return f"the limit of {limits.urls} URLs"
        if self.manifest_bytes > limits.manifest_bytes:
            return f"the limit of {limits.manifest_bytes} bytes"
        if self.media_bytes > advice.job_bytes * enlarged or self.share > enlarged + _ROUNDING:
            return ADVICE
        return None


def _cut(
    units: Iterable[Unit], limits: Limits, advice: Advice, enlarged: float
) -> Iterator[tuple[Unit, str | None]]:
    """Yield each unit, with what filled the chunk before it where a new one begins."""
    load = _Load()
    for unit in units:
        size, share = entry_bytes(unit), advice.share(unit.kind)
        load.add(unit, size, share)
        filled = load.over(limits, advice, enlarged) if load.units > 1 else None
        if filled:
            load = _Load()
            load.add(unit, size, share)
        yield unit, filled


def chunk(
    units: Iterable[Unit], limits: Limits, advice: Advice, *, enlarged: float = 1.0
) -> Iterator[tuple[Unit, ...]]:
    """Yield *units* in order, in the fewest runs that each fit the limits and *enlarged* times the advice.

    Greedy, so the same units always make the same chunks, and no two neighbours could be one. Holds one chunk in
    memory. A unit that alone is over the advice makes a chunk of its own.
    """
    run: list[Unit] = []
    for unit, filled in _cut(units, limits, advice, enlarged):
        if filled:
            yield tuple(run)
            run = []
        run.append(unit)
    if run:
        yield tuple(run)


def plan_chunks(units: Callable[[], Iterable[Unit]], limits: Limits, advice: Advice, most: int) -> ChunkPlan:
    """Plan how to cut *units* into no more than *most* chunks: by the advice if it can be, else beyond it.

    Goes through the units once, up to three times when the advice makes too many chunks, and holds none.

    Args:
        units: Gives the units anew each time it is called.
        limits: What no chunk exceeds.
        advice: What chunks exceed only when there would be too many.
        most: The most chunks, for example Airflow's ``max_map_length``.

    Raises:
        TooManyManifests: The limits alone make more.

    """
    tally = _tally(units(), limits, advice, 1.0)
    if tally.chunks <= most:
        return ChunkPlan(tally.chunks, 1.0)
    for enlarged in (_enlargement(tally.jobs, most), math.inf):
        tally = _tally(units(), limits, advice, enlarged)
        if tally.chunks <= most:
            return ChunkPlan(tally.chunks, enlarged)
    raise TooManyManifests(tally.chunks, most, tally.fills.most_common(1)[0][0])


def _enlargement(jobs: float, most: int) -> float:
    """Return how many times the advice a chunk must hold, so that the advice makes no more than *most* chunks.

    Two neighbouring chunks together are always over the advice, by count or by bytes, or they would be one.
    """
    return max(1.0, 2 * jobs / max(1, most - 1))


@dataclass
class _Tally:
    """What cutting came to."""

    chunks: int = 0
    jobs: float = 0.0
    """How many jobs of the advice all units together are, by count and by bytes."""

    fills: Counter[str] = field(default_factory=Counter)
    """What filled the chunks, and how many of them."""


def _tally(units: Iterable[Unit], limits: Limits, advice: Advice, enlarged: float) -> _Tally:
    tally = _Tally()
    for unit, filled in _cut(units, limits, advice, enlarged):
        tally.jobs += advice.share(unit.kind) + unit.size / advice.job_bytes
        if filled:
            tally.fills[filled] += 1
        if filled or tally.chunks == 0:
            tally.chunks += 1
    return tally

"""Units to manifests that Encord takes, and that it advises."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from encord_provider.errors import FailNow
from encord_provider.manifest.layout import FRAME_BYTES, entry_bytes
from encord_provider.manifest.limits import Advice, Limits
from encord_provider.manifest.units import Unit

_ROUNDING = 1e-9
"""A thousand thousandths add up to slightly more than one."""

ADVICE = "the advice"
"""What ends a chunk when no limit does."""


class TooManyManifests(FailNow):
    """Units that make more manifests than there may be, however large each is."""

    def __init__(self, manifests: int, most: int, because: str) -> None:
        super().__init__(manifests, most, because)
        self.manifests = manifests
        self.most = most
        self.because = because

    def __str__(self) -> str:
        """Say what stands in the way, and what helps."""
        return (
            f"the units make {self.manifests} manifests, and there may be {self.most}: they cannot be larger, for "
            f"{self.because} fills them; raise that limit if the plan allows it, allow more manifests, or ingest "
            "a smaller part of the bucket at once"
        )


@dataclass(frozen=True)
class ChunkPlan:
    """How units are to be cut."""

    chunks: int

    enlarged: float
    """How many times the advice a chunk may hold."""


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


def enlargement(units: Iterable[Unit], advice: Advice, most: int) -> float:
    """Return how many times the advice a chunk must hold, so that the advice makes no more than *most* chunks.

    Two neighbouring chunks together are always over the advice, by count or by bytes, or they would be one.
    """
    share = size = 0.0
    for unit in units:
        share += advice.share(unit.kind)
        size += unit.size
    return max(1.0, 2 * (share + size / advice.job_bytes) / max(1, most - 1))


def plan_chunks(units: Callable[[], Iterable[Unit]], limits: Limits, advice: Advice, most: int) -> ChunkPlan:
    """Plan how to cut *units* into no more than *most* chunks: by the advice if it can be, else beyond it.

    Goes through the units up to three times, and holds none.

    Args:
        units: Gives the units anew each time it is called.
        limits: What no chunk exceeds.
        advice: What chunks exceed only when there would be too many.
        most: The most chunks, for example Airflow's ``max_map_length``.

    Raises:
        TooManyManifests: The limits alone make more.

    """
    enlarged = 1.0
    chunks, _ = _count(units(), limits, advice, enlarged)
    if chunks > most:
        enlarged = enlargement(units(), advice, most)
        chunks, fills = _count(units(), limits, advice, enlarged)
        if chunks > most:
            raise TooManyManifests(chunks, most, fills.most_common(1)[0][0])
    return ChunkPlan(chunks, enlarged)


def _count(
    units: Iterable[Unit], limits: Limits, advice: Advice, enlarged: float
) -> tuple[int, Counter[str]]:
    fills: Counter[str] = Counter()
    chunks = 0
    for _, filled in _cut(units, limits, advice, enlarged):
        chunks += chunks == 0
        if filled:
            fills[filled] += 1
            chunks += 1
    return chunks, fills

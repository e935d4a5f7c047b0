"""How the units of a run are divided among its manifests."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import tee
from typing import TypeAlias

from encord_provider.errors import TooManyManifests
from encord_provider.manifest.candidates import Candidate
from encord_provider.manifest.chunks import chunk, plan_chunks
from encord_provider.manifest.limits import Advice, Limits
from encord_provider.manifest.units import Unit

Part: TypeAlias = tuple[Candidate, ...]
"""What goes into one manifest."""

TITLES = "a title that several units have, of which no two may be in one manifest,"


def parts(
    candidates: Iterable[Candidate], limits: Limits, advice: Advice, most: int, enlarged: float
) -> Iterator[Part]:
    """Yield what goes into each manifest, in order; no two units of one manifest have the same title.

    An upload job reports what it registered by title alone. Units whose title is taken come after the others, and
    only they are held in memory, beside one part.

    Raises:
        TooManyManifests: More than *most* units have one title.

    """
    uses: Counter[str] = Counter()
    remaining = candidates
    while remaining:
        repeated: list[Candidate] = []
        for part in _chunks(remaining, limits, advice, enlarged):
            first: dict[str, Candidate] = {}
            for candidate in part:
                title = _unit(candidate).title
                if first.setdefault(title, candidate) is not candidate:
                    repeated.append(candidate)
                    uses[title] += 1
                    if uses[title] >= most:
                        raise TooManyManifests(most + 1, most, TITLES)
            yield tuple(first.values())
        remaining = repeated
        uses.clear()


def enlargement(candidates: Iterable[Candidate], limits: Limits, advice: Advice, most: int) -> float:
    """Return how many times the advice a manifest must hold, so that there are no more than *most*.

    Goes through the candidates once when the advice gives no more than that, and else a few times.

    Raises:
        TooManyManifests: The limits, or equal titles, make more.

    """

    def units() -> Iterator[Unit]:
        return (_unit(candidate) for candidate in candidates)

    def made() -> int:
        return sum(1 for _ in parts(candidates, limits, advice, most, enlarged))

    enlarged = 1.0
    room = most
    over = made() - most
    while over > 0:
        if room < 1:
            raise TooManyManifests(most + over, most, TITLES)
        enlarged = plan_chunks(units, limits, advice, room).enlarged
        over = made() - most
        room -= max(over, 1)  # what equal titles take
    return enlarged


def _chunks(
    candidates: Iterable[Candidate], limits: Limits, advice: Advice, enlarged: float
) -> Iterator[Part]:
    ahead, behind = tee(candidates)
    for units in chunk((_unit(candidate) for candidate in ahead), limits, advice, enlarged=enlarged):
        yield tuple(candidate for _, candidate in zip(units, behind, strict=False))


def _unit(candidate: Candidate) -> Unit:
    if candidate.unit is None:
        raise ValueError("objects without a kind are in no manifest")
    return candidate.unit

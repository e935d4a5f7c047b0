"""DICOM files that belong together: what series they are, in which order, and what is wrong with them.

The checks are Encord's (encord-team/dicom-metadata-upload, README): one study, one size, unique instances, one
orientation, even spacing. Where it gives no number, the number is ours.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any, Final, TypeAlias

REGULAR_SHARE: Final = 0.97
"""Of the gaps between slices must be even; Encord's number."""

GAP_TOLERANCE: Final = 0.1
"""How far an even gap may be from the usual one, as a share of it; ours."""

SAME_PLACE_MM: Final = 1e-3
"""Slices nearer than this lie in one place: phases, echoes; ours."""

_SAME_DIRECTION_DIGITS = 2  # decimals of direction cosines by which orientations are told apart
_FEWEST_GAPS = 2  # below there is nothing to compare a gap with

_SOP, _STUDY, _SERIES = "00080018", "0020000D", "0020000E"
_NUMBER, _POSITION, _ORIENTATION = "00200013", "00200032", "00200037"
_ROWS, _COLUMNS = "00280010", "00280011"
_POSITION_NUMBERS, _ORIENTATION_NUMBERS = 3, 6  # DICOM PS3.3, C.7.6.2

Tags: TypeAlias = Mapping[str, Mapping[str, Any] | None]
"""The tags of one file, as `DicomMetadata` has them."""


@dataclass(frozen=True)
class Slice:
    """One file of a series."""

    name: str
    """For messages: its key."""

    tags: Tags

    def text(self, tag: str) -> str:
        """Return the first value of *tag*; empty where there is none."""
        values = self._values(tag)
        return str(values[0]) if values else ""

    def numbers(self, tag: str) -> tuple[float, ...]:
        """Return the numbers of *tag*; none where it has none, or something else."""
        try:
            return tuple(float(value) for value in self._values(tag))
        except (TypeError, ValueError):
            return ()

    def _values(self, tag: str) -> list[Any]:
        return list((self.tags.get(tag) or {}).get("Value") or ())

    @property
    def orientation(self) -> tuple[float, ...]:
        """The directions of its rows and columns, rounded; empty where it has none."""
        found = self.numbers(_ORIENTATION)
        rounded = tuple(round(number, _SAME_DIRECTION_DIGITS) + 0.0 for number in found)
        return rounded if len(found) == _ORIENTATION_NUMBERS else ()

    @property
    def place(self) -> float | None:
        """Where it lies along the direction that it looks in, in millimetres; None where it does not say."""
        position, directions = self.numbers(_POSITION), self.numbers(_ORIENTATION)
        if len(position) != _POSITION_NUMBERS or len(directions) != _ORIENTATION_NUMBERS:
            return None
        (a, b, c), (d, e, f) = directions[:3], directions[3:]
        normal = (b * f - c * e, c * d - a * f, a * e - b * d)
        return sum(at * along for at, along in zip(position, normal, strict=True))


@dataclass(frozen=True)
class Series:
    """The slices of one study, series and orientation, in the order in which they lie."""

    study: str
    uid: str
    orientation: tuple[float, ...]
    slices: tuple[Slice, ...]

    @property
    def refusals(self) -> tuple[str, ...]:
        """Why Encord would refuse it as one series."""
        return (*_duplicates(self.slices), *_sizes(self.slices), *_unplaced(self.slices), *self._uneven())

    @property
    def missing(self) -> int:
        """How many slices its gaps have room for."""
        gaps = self._gaps()
        usual = median(gaps) if gaps else 0
        return sum(round(gap / usual) - 1 for gap in gaps if gap > usual * (1 + GAP_TOLERANCE))

    def _gaps(self) -> list[float]:
        places = [place for place in (one.place for one in self.slices) if place is not None]
        gaps = (after - before for before, after in pairwise(places))
        return [gap for gap in gaps if gap > SAME_PLACE_MM]

    def _uneven(self) -> Iterator[str]:
        gaps = self._gaps()
        if len(gaps) < _FEWEST_GAPS:
            return
        usual = median(gaps)
        even = sum(abs(gap - usual) <= GAP_TOLERANCE * usual for gap in gaps) / len(gaps)
        if even < REGULAR_SHARE:
            missing = f": {self.missing} slices seem to be missing" if self.missing else ""
            yield f"{even:.0%} of its gaps are even, {usual:.3g} mm, and {REGULAR_SHARE:.0%} should be{missing}"


def series_of(slices: Iterable[Slice]) -> list[Series]:
    """Sort files into series, the largest first, and each series into the order in which its slices lie.

    Slices of one place, and those without one, go by their instance number, and then by name.
    """
    found: dict[tuple[str, str, tuple[float, ...]], list[Slice]] = defaultdict(list)
    for one in slices:
        found[one.text(_STUDY), one.text(_SERIES), one.orientation].append(one)
    series = [Series(*key, tuple(sorted(members, key=_order))) for key, members in found.items()]
    return sorted(series, key=lambda one: (-len(one.slices), one.study, one.uid, one.orientation))


def _order(one: Slice) -> tuple[float, float, str]:
    place, numbers = one.place, one.numbers(_NUMBER)
    along = round(place / SAME_PLACE_MM) if place is not None else 0
    return along, numbers[0] if numbers else 0, one.name


def strays_of(slices: Sequence[Slice]) -> dict[str, str]:
    """Return the files that would spoil the series of the others, each with the reason.

    Those are the files of another study than most, of another size, and those that repeat an instance.
    """
    strays: dict[str, str] = {}
    for tags, what in (((_STUDY,), "study"), ((_ROWS, _COLUMNS), "rows and columns")):
        kept = [one for one in slices if one.name not in strays]
        values = {one.name: " by ".join(one.text(tag) for tag in tags) for one in kept}
        if not values:
            return strays
        ((usual, files),) = Counter(values.values()).most_common(1)
        strays |= {
            name: f"a file of {what} {value} in a series of {what} {usual} ({files} files)"
            for name, value in values.items()
            if value != usual
        }
    first: dict[str, str] = {}
    for one in slices:
        if one.name not in strays:
            before = first.setdefault(one.text(_SOP), one.name)
            if before != one.name:
                strays[one.name] = f"it repeats the instance {one.text(_SOP)} of {before}"
    return strays


def _duplicates(slices: Sequence[Slice]) -> Iterator[str]:
    for uid, files in Counter(one.text(_SOP) for one in slices).items():
        if files > 1:
            yield f"{files} files are the instance {uid}"


def _sizes(slices: Sequence[Slice]) -> Iterator[str]:
    sizes = {(one.text(_ROWS), one.text(_COLUMNS)) for one in slices}
    if len(sizes) > 1:
        yield "its slices differ in size: " + ", ".join(
            f"{rows}x{columns}" for rows, columns in sorted(sizes)
        )


def _unplaced(slices: Sequence[Slice]) -> Iterator[str]:
    unplaced = [one.name for one in slices if one.place is None]
    if unplaced and len(unplaced) < len(slices):
        yield f"{len(unplaced)} of {len(slices)} slices do not say where they lie, {unplaced[0]} for one"

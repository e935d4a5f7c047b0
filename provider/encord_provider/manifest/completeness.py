"""Whether a group has all its members, and what is odd about their numbers."""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from encord_provider.manifest.objects import BucketObject

_LAST_NUMBER: Final = re.compile(r"(\d+)(?=\D*$)", re.ASCII)


@dataclass(frozen=True)
class Numbering:
    """The numbers in the names of a group's members."""

    first: int | None
    """None when no name has a number."""

    last: int | None
    gaps: tuple[tuple[int, int], ...]
    """Runs of numbers that are missing between the first and the last, each by its first and last number."""

    duplicates: tuple[int, ...]
    """Numbers that several members bear: ``f1.jpg`` beside ``f01.jpg``, or beside ``f1.png``."""

    unnumbered: int
    """Members without a number."""

    def __str__(self) -> str:
        """Say what is odd, or that nothing is."""
        gaps = [str(a) if a == b else f"{a} to {b}" for a, b in self.gaps]
        said = [f"missing: {', '.join(gaps)}"] if gaps else []
        said += [f"twice: {', '.join(map(str, self.duplicates))}"] if self.duplicates else []
        said += [f"without a number: {self.unnumbered}"] if self.unnumbered else []
        return "; ".join(said) or "contiguous"

    @property
    def is_contiguous(self) -> bool:
        """Whether every number from the first to the last is there once."""
        return self.first is not None and not (self.gaps or self.duplicates or self.unnumbered)


def numbering(keys: Collection[str]) -> Numbering:
    """Read the last number in each file name, its ending left out, and tell gaps and duplicates."""
    found = [_LAST_NUMBER.search(_stem(key)) for key in keys]
    counts = Counter(int(match[1]) for match in found if match)
    numbers = sorted(counts)
    pairs = itertools.pairwise(numbers)
    return Numbering(
        numbers[0] if numbers else None,
        numbers[-1] if numbers else None,
        tuple((before + 1, after - 1) for before, after in pairs if after > before + 1),
        tuple(number for number in numbers if counts[number] > 1),
        sum(match is None for match in found),
    )


@dataclass(frozen=True)
class Completeness:
    """When a group is taken for whole; every condition that is set must hold."""

    count: Callable[[str], int | None] | int | None = None
    """How many members a group has: a number, or a function of its title; None where nobody knows."""

    quiet_seconds: float = 0
    """How long ago the last member must have been written."""

    contiguous_from: int | None = None
    """The first number; all up to the last must be there, each once. None: numbers do not matter."""

    def lacking(self, title: str, members: Sequence[BucketObject], now: float) -> str | None:
        """Return what a group still lacks at *now*, in seconds since 1970, or None when it is whole."""
        expected = self.count(title) if callable(self.count) else self.count
        if expected is not None and len(members) < expected:
            return f"{len(members)} of {expected} members are there"
        if expected is not None and len(members) > expected:
            return f"{len(members)} members are there, and {expected} were declared"
        if self.contiguous_from is not None:
            numbers = numbering([obj.key for obj in members])
            if numbers.first != self.contiguous_from or not numbers.is_contiguous:
                return (
                    f"the numbers from {self.contiguous_from} are not whole: {numbers}, first {numbers.first}"
                )
        newest = max((obj.last_modified.timestamp() for obj in members), default=now)
        if newest > now - self.quiet_seconds:
            return (
                f"the last member is {max(0.0, now - newest):.0f} seconds old, not yet {self.quiet_seconds:g}"
            )
        return None


def late_members(submitted: Collection[str], arrived: Sequence[BucketObject]) -> list[BucketObject]:
    """Return the members that came after their group was submitted: they are told of, and make no second group.

    Args:
        submitted: The URLs that the group was submitted with; empty when it was not.
        arrived: The members there are now.

    """
    return [obj for obj in arrived if obj.url not in submitted] if submitted else []


def _stem(key: str) -> str:
    name = key.rpartition("/")[2]
    stem, dot, _ = name.rpartition(".")
    return stem if dot and stem else name

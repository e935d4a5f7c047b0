"""What the corpus is made of, and what must become of each part."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

PREFIX = "2026-11-20/"
"""Where the corpus lies in its bucket: one day's delivery."""


@dataclass(frozen=True)
class Source:
    """One object: its key, and how its bytes are made."""

    key: str
    """Whole key in the bucket, the prefix included."""

    make: Callable[[], bytes] = field(repr=False, compare=False)
    """Returns the same bytes at every call."""


def source(name: str, make: Callable[[], bytes]) -> Source:
    """Make the source of an object whose key is *name* below the corpus's prefix."""
    return Source(PREFIX + name, make)


def shot(site: str, weather: str, time: str, *, reviewed: bool = False) -> Mapping[str, str]:
    """Say where, in what weather, when (UTC) and whether seen by a person: one row of the metadata table."""
    captured_at = f"{PREFIX.rstrip('/')}T{time}:00Z"
    return {"site": site, "weather": weather, "captured_at": captured_at, "reviewed": str(reviewed).lower()}


@dataclass(frozen=True)
class Unit:
    """Objects that must become one storage item together."""

    item_type: str
    """The type of the item, as Encord's wire spells it: ``video``, ``imageGroup``, ``dicomSeries``, ..."""

    sources: tuple[Source, ...]

    metadata: Mapping[str, str] = field(default_factory=dict)
    """What the metadata table says of it; empty when the table is silent."""


@dataclass(frozen=True)
class Poison:
    """An object that looks like media and must not land."""

    source: Source

    why: str
    """What is wrong with it."""


@dataclass(frozen=True)
class Corpus:
    """The objects of the demo with the truth about them, known beforehand and not from the provider."""

    units: tuple[Unit, ...]
    poison: tuple[Poison, ...]
    excluded: tuple[Source, ...]
    """Objects under the prefix that nobody asked for: a metadata table, a temporary file."""

    def sources(self) -> Iterator[Source]:
        """Yield every object."""
        for unit in self.units:
            yield from unit.sources
        for bad in self.poison:
            yield bad.source
        yield from self.excluded

    def __len__(self) -> int:
        """Count the objects."""
        return sum(1 for _ in self.sources())

    @cached_property
    def must_land(self) -> frozenset[str]:
        """Keys whose objects must be in Encord, each exactly once."""
        return frozenset(part.key for unit in self.units for part in unit.sources)

    @cached_property
    def poison_keys(self) -> frozenset[str]:
        """Keys whose objects must not be in Encord, and must be named as refused."""
        return frozenset(bad.source.key for bad in self.poison)

    @cached_property
    def excluded_keys(self) -> frozenset[str]:
        """Keys whose objects must be left alone."""
        return frozenset(left.key for left in self.excluded)

    @cached_property
    def metadata(self) -> Mapping[str, Mapping[str, str]]:
        """What the metadata table says, by the key of the object that it speaks of."""
        return {unit.sources[0].key: unit.metadata for unit in self.units if unit.metadata}

"""Objects to units: which belong together, and in which order."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from encord_provider.errors import BadPattern
from encord_provider.manifest.kinds import DEFAULT_KINDS, Kind, KindTable
from encord_provider.manifest.objects import BucketObject
from encord_provider.manifest.units import Unit, unit_of

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Grouping:
    """Which objects make one unit together, by regular expressions over whole keys.

    Each expression is matched from the start of the key; its group named ``unit`` is what the members share,
    and becomes the unit's title. Objects that match none are units of their own.

    Raises:
        BadPattern: Not a regular expression, or without the group.

    """

    image_groups: str | None = None
    """Images that make an image group, for example ``(?P<unit>.*/groups/[^/]+)/``."""

    image_sequences: str | None = None
    """Images that make an image sequence."""

    dicom_series: str = r"(?P<unit>.*)/[^/]*$"
    """DICOM files that make a series; by default those of one directory."""

    kinds: KindTable = DEFAULT_KINDS
    """Which kind a file's name stands for."""

    by: Callable[[str], tuple[Kind, str] | None] | None = None
    """Key to kind and title of its unit, before anything else is asked; None leaves it to the rest."""

    content_type: Callable[[str], str | None] | None = None
    """Key to the content type of an object; asked only of keys whose name tells no kind."""

    @classmethod
    def by_directory(cls, kind: Kind, prefix: str = "") -> "Grouping":
        """Group the images of each directory below *prefix*; *kind* is an image group or a sequence."""
        pattern = rf"(?P<unit>{re.escape(prefix)}.*)/[^/]*$"
        if kind is Kind.IMAGE_GROUP:
            return cls(image_groups=pattern)
        return cls(image_sequences=pattern)

    def __post_init__(self) -> None:
        for name in ("image_groups", "image_sequences", "dicom_series"):
            pattern = getattr(self, name)
            if pattern is None:
                continue
            try:
                named = re.compile(pattern).groupindex
            except re.error as error:
                raise BadPattern(name, pattern, f"not a regular expression: {error}") from error
            if "unit" not in named:
                raise BadPattern(name, pattern, "it has no group (?P<unit>...)")

    def place(self, key: str) -> tuple[Kind, str] | None:
        """Return kind and title of the unit that *key* belongs to; None when Encord has no such kind."""
        placed = self.by(key) if self.by else None
        if placed:
            return placed
        kind = self.kinds.kind_of(key)
        if kind is None and self.content_type:
            kind = self.kinds.kind_of(key, self.content_type(key))
        if kind is Kind.IMAGE:
            if title := _unit_in(self.image_groups, key):
                return Kind.IMAGE_GROUP, title
            if title := _unit_in(self.image_sequences, key):
                return Kind.IMAGE_SEQUENCE, title
        if kind is Kind.DICOM_SERIES and (title := _unit_in(self.dicom_series, key)):
            return kind, title
        return (kind, key) if kind else None


@dataclass(frozen=True)
class Grouped:
    """What became of some objects: the units they make, and the objects that no kind takes."""

    units: tuple[tuple[Unit, tuple[BucketObject, ...]], ...]
    unsupported: tuple[BucketObject, ...]


def group(objects: Iterable[BucketObject], grouping: Grouping) -> Grouped:
    """Put *objects* together into units: members in natural order of their keys, units by title."""
    members: dict[tuple[str, Kind], list[BucketObject]] = {}
    unsupported = []
    for obj in objects:
        place = grouping.place(obj.key)
        if place is None:
            unsupported.append(obj)
        else:
            kind, title = place
            members.setdefault((title, kind), []).append(obj)
    units = []
    for (title, kind), unordered in sorted(members.items()):
        ordered = tuple(sorted(unordered, key=lambda o: (natural_order(o.key), o.key)))
        units.append((unit_of(kind, title, ordered), ordered))
    return Grouped(tuple(units), tuple(unsupported))


def natural_order(key: str) -> tuple[tuple[int, str], ...]:
    """Return a sort key under which ``frame_2`` comes before ``frame_10``."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in _DIGITS.split(key))


def _unit_in(pattern: str | None, key: str) -> str | None:
    match = re.match(pattern, key, re.DOTALL) if pattern else None
    return match["unit"] if match else None

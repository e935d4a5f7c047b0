"""Objects that may become a unit, on their way from the listing to a manifest."""

from dataclasses import dataclass
from typing import TypeAlias

from encord_provider.manifest.objects import BucketObject
from encord_provider.manifest.units import Unit

Place: TypeAlias = tuple[str, str]
"""What makes a group one: its kind, and what its members share, as `Grouping.place` tells."""


@dataclass(frozen=True)
class Candidate:
    """Some new objects, and the unit that they may become."""

    members: tuple[BucketObject, ...]
    """In the order of the unit's URLs."""

    unit: Unit | None
    """None when Encord has no kind for the objects."""

    shared: str | None = None
    """What the members of a group share, by which a late one is known; None for a single object."""

"""What came of reading one entry of a manifest: a unit, or the faults that stand in its way."""

from typing import NamedTuple

from encord_provider.manifest.faults import Fault, Severity
from encord_provider.manifest.units import Unit


class Place(NamedTuple):
    """Where an entry stands."""

    path: str
    """For example ``images[3]``, or the title of a group in a CSV."""

    line: int
    """The line of the file, from 1, on which it begins."""


class Reading(NamedTuple):
    """One entry of a manifest as it was read; no entry goes without one."""

    place: Place
    unit: Unit | None
    """None when the entry makes none; `faults` then say why."""

    faults: tuple[Fault, ...] = ()

    rows: int = 1
    """Rows of a CSV that make the entry; 1 in JSON."""

    @property
    def is_good(self) -> bool:
        """Whether the unit can be registered."""
        return self.unit is not None and all(fault.severity is not Severity.ERROR for fault in self.faults)

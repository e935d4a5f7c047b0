"""How far an upload job is, as Encord reports it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class JobStatus(StrEnum):
    """Encord's own words for the state of an upload job."""

    PENDING = "PENDING"
    DONE = "DONE"
    ERROR = "ERROR"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class Refusal:
    """One unit that Encord did not register."""

    urls: tuple[str, ...]
    """The objects of the unit."""

    reason: str
    """Encord's own words."""


@dataclass(frozen=True)
class Progress:
    """One report on an upload job."""

    status: JobStatus
    pending: int = 0
    done: int = 0
    refused: int = 0
    cancelled: int = 0
    refusals: tuple[Refusal, ...] = ()
    errors: tuple[str, ...] = ()
    """What went wrong with the job as a whole."""

    items: Mapping[str, str] = field(default_factory=dict)
    """Title to item UUID of the units that this job newly registered."""

    @property
    def settled(self) -> int:
        """How many units have come to their end, one way or another."""
        return self.done + self.refused + self.cancelled

"""How sure we are of what a file is."""

from dataclasses import dataclass
from enum import StrEnum

from encord_provider.manifest.media_metadata import MediaMetadata


class Grade(StrEnum):
    """What may be done with what was read of a file."""

    PROVEN = "A"
    """Encord may take it on trust."""

    UNCLEAR = "B"
    """Something is not proven: Encord has to look for itself."""

    BROKEN = "C"
    """The file is damaged, or not what its name says."""


class Unclear(Exception):
    """What a file is cannot be told; the message says why."""


class Broken(Exception):
    """A file is damaged or not what its name says; the message says how."""


@dataclass(frozen=True)
class Finding:
    """What was read of a file, and what speaks against taking it on trust."""

    media: MediaMetadata | None = None
    """None for kinds of which Encord takes nothing, and where nothing could be read."""

    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Probe:
    """The verdict on one file."""

    grade: Grade
    media: MediaMetadata | None = None
    """What the file says of itself, for people to read; `supplied` is what may be sent."""

    reasons: tuple[str, ...] = ()
    """Why it is not proven; empty for what is."""

    fetched: int = 0
    """Bytes that the verdict took."""

    requests: int = 0
    """Range requests that the verdict took."""

    @property
    def supplied(self) -> MediaMetadata | None:
        """What Encord may take on trust: nothing unless it is proven."""
        return self.media if self.grade is Grade.PROVEN else None

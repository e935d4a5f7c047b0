"""One key in a bucket at one version."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class BucketObject:
    """One key in a bucket at one version, as a listing reports it."""

    key: str
    """The whole key, exactly as the store spells it."""

    url: str
    """Where Encord reads the object: the one canonical spelling for its provider."""

    size: int
    """Size in bytes."""

    version: str
    """The ETag or generation: changes when the content does."""

    last_modified: datetime
    """When the store last wrote it, UTC."""

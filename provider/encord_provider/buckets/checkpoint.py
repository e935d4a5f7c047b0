"""Where a listing stands, as plain data."""

import json
from dataclasses import dataclass
from typing import Self, TypeAlias

Range: TypeAlias = tuple[str | None, str | None]
"""The last key that was handed out, None before the first; the first key that belongs to the next range, None at
the end of the listing."""


@dataclass(frozen=True)
class Checkpoint:
    """What a listing has still to hand out: of as many ranges as it walks at a time."""

    prefix: str
    ranges: tuple[Range, ...]
    """In the order of keys; none when the listing is done."""

    @property
    def done(self) -> bool:
        """Tell whether everything was handed out."""
        return not self.ranges

    def to_json(self) -> str:
        """Write it down: a few keys, whatever the size of the bucket."""
        return json.dumps({"prefix": self.prefix, "ranges": self.ranges})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote."""
        stored = json.loads(text)
        return cls(stored["prefix"], tuple((after, until) for after, until in stored["ranges"]))

"""Bytes in memory as something that can be read by range."""

from dataclasses import dataclass, field

from encord_provider.media.ranges import RangeReader


@dataclass
class Held:
    """One object, and the ranges that were asked of it."""

    content: bytes
    asked: list[tuple[int, int]] = field(default_factory=list)

    def read_range(self, key: str, start: int, length: int) -> bytes:  # noqa: ARG002 - there is only one object
        """Return *length* bytes from *start*; fewer at the end."""
        self.asked.append((start, length))
        return self.content[start : start + length]

    def reader(self, size: int | None = None) -> RangeReader:
        """Open it, as an object that a listing said to have *size* bytes."""
        return RangeReader(self, "scan.dcm", len(self.content) if size is None else size)

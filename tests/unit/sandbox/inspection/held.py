"""Objects that inspections read in these tests: held in memory, as real as any to an inspection."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Held:
    """An ``ObjectReader`` over bytes."""

    data: bytes

    @property
    def size(self) -> int:
        """Count the bytes."""
        return len(self.data)

    def read(self, start: int, length: int) -> bytes:
        """Slice."""
        return self.data[start : start + length]

    def read_all(self) -> bytes:
        """Give everything."""
        return self.data

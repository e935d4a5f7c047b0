"""Which rows of a table were met: a set of row numbers, one bit each."""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import Self

BLOCK = 1 << 16
"""Rows a block: a block has 8 KB, and is made when the first of its rows is marked."""


class Marks:
    """A set of row numbers that can only grow; ten million of them in a row take 1.25 MB."""

    def __init__(self) -> None:
        self._blocks: dict[int, bytearray] = {}

    def add(self, numbers: Iterable[int]) -> None:
        """Mark some rows; a row may be marked again."""
        blocks = self._blocks
        for number in numbers:
            block = blocks.get(number // BLOCK)
            if block is None:
                block = blocks[number // BLOCK] = bytearray(BLOCK // 8)
            block[number % BLOCK >> 3] |= 1 << (number & 7)

    def __contains__(self, number: int) -> bool:
        """Tell whether a row was marked."""
        block = self._blocks.get(number // BLOCK)
        return block is not None and bool(block[number % BLOCK >> 3] & 1 << (number & 7))

    def __len__(self) -> int:
        """Count the rows that were marked."""
        return sum(int.from_bytes(block).bit_count() for block in self._blocks.values())

    def to_json(self) -> dict[str, str]:
        """Return the set for a checkpoint; where most rows of a block are marked, it takes next to nothing."""
        return {str(n): b64encode(zlib.compress(block, 1)).decode() for n, block in self._blocks.items()}

    @classmethod
    def from_json(cls, blocks: dict[str, str]) -> Self:
        """Return the set that `to_json` wrote."""
        marks = cls()
        marks._blocks = {int(n): bytearray(zlib.decompress(b64decode(block))) for n, block in blocks.items()}
        return marks

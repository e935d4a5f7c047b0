"""Units that are judged and wait for their manifest, in a file instead of in memory."""

import gzip
import pickle
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from encord_provider.manifest.candidates import Candidate

READ_BETWEEN_SIGNS = 50_000
"""Candidates that are read before a reader gives a sign of life."""


class Spool:
    """A temporary file of candidates, read as often as needed; use it in a ``with`` block.

    What was read from the bucket for a unit, such as its side file, is thereby read once, though units are gone
    through several times before the last of them is in a manifest.
    """

    def __init__(self, alive: Callable[[], None] = lambda: None) -> None:
        self._alive = alive
        self._directory = tempfile.TemporaryDirectory(prefix="encord-")
        self._path = Path(self._directory.name, "units")
        self._out = gzip.open(self._path, "wb", compresslevel=1)  # noqa: SIM115 - the block of the spool closes it

    def add(self, candidate: Candidate) -> None:
        """Append one."""
        pickle.dump(candidate, self._out, protocol=pickle.HIGHEST_PROTOCOL)

    def finish(self) -> None:
        """Close the file for writing; now it can be read."""
        self._out.close()

    def __iter__(self) -> Iterator[Candidate]:
        """Read all of them, in order."""
        with gzip.open(self._path, "rb") as stored:
            count = 0
            while stored.peek(1):
                yield pickle.load(stored)  # noqa: S301 - our own file, which no other user may write
                count += 1
                if count % READ_BETWEEN_SIGNS == 0:
                    self._alive()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._out.close()
        self._directory.cleanup()

"""The vectors of a file, checked and laid down so that each is found by the name of its item."""

import hashlib
import sqlite3
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from itertools import groupby, islice
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from encord_provider.errors import BadTable
from encord_provider.ingestion.vector_files import Rows
from encord_provider.manifest.limits import Limits
from encord_provider.metadata.embeddings import Embeddings, spelled_place

if TYPE_CHECKING:
    from numpy import dtype
    from numpy.typing import NDArray

FAULTS_KEPT: Final = 1_000
"""Faults of one file that are spelled out; the rest is counted."""

_NAMES: Final = 500
"""Names in one query."""

_SCHEMA: Final = """
CREATE TABLE vectors (row INTEGER PRIMARY KEY, line INTEGER, name TEXT, place TEXT, UNIQUE (name, place));
CREATE TABLE matches (item TEXT, row INTEGER, PRIMARY KEY (item, row)) WITHOUT ROWID;
"""


class Vectors:
    """Vectors in a temporary directory: their numbers in one file, their names in an index; use in a ``with`` block.

    Neither is held in memory, whatever the size of the table.
    """

    def __init__(self, embeddings: Embeddings, limits: Limits | None = None, *, active: bool = False) -> None:
        """Make an empty one.

        Args:
            embeddings: Where they come from.
            limits: How many numbers one may have.
            active: Keep to the limit of Active, which is below that of Index.

        """
        self.limits = limits or Limits()
        self.embeddings = embeddings
        self.size = 0
        """Numbers of each vector; 0 before the first."""

        self.count = 0
        self._most = self.limits.active_embedding_numbers if active else self.limits.embedding_numbers
        self._place = "Active" if active else "Index"
        self._directory = tempfile.TemporaryDirectory(prefix="encord-")
        path = Path(self._directory.name)
        self._numbers = (path / "numbers").open("w+b")
        self._index = sqlite3.connect(path / "index.db", check_same_thread=False, isolation_level=None)
        self._index.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_SCHEMA}")
        self._lock = Lock()
        self._dtype: dtype[Any] | None = None

    def fill(self, batches: Iterable[Rows]) -> Self:
        """Check and take all rows of a file.

        Raises:
            BadTable: Everything that is wrong with it, with row and name.

        """
        faults: list[str] = []
        more = line = 0
        for rows in batches:
            for fault in self._take(rows, line):
                if len(faults) < FAULTS_KEPT:
                    faults.append(fault)
                else:
                    more += 1
            line += len(rows.names)
        if more:
            faults.append(f"and {more} more")
        if faults:
            raise BadTable(self.embeddings.vectors, faults)
        self._numbers.flush()
        return self

    def places(self, names: Collection[str]) -> dict[str, dict[str, int]]:
        """Return the rows that *names* have, by place; names without any are left out."""
        found: dict[str, dict[str, int]] = {}
        waiting = iter(names)
        while page := list(islice(waiting, _NAMES)):
            marks = ",".join("?" * len(page))
            query = f"SELECT name, place, row FROM vectors WHERE name IN ({marks}) ORDER BY row"  # noqa: S608 - marks alone
            with self._lock:
                rows = self._index.execute(query, page).fetchall()
            for name, place, row in rows:
                found.setdefault(name, {})[place] = row
        return found

    def numbers(self, row: int) -> list[float]:
        """Return one vector."""
        import numpy as np

        with self._lock:
            self._numbers.seek(row * self._row_bytes)
            content = self._numbers.read(self._row_bytes)
        vector: list[float] = np.frombuffer(content, self._dtype).tolist()
        return vector

    def digest(self, vectors: Mapping[str, Any]) -> str:
        """Return what tells vectors by place from any others of this file's type of number."""
        import numpy as np

        digest = hashlib.sha256()
        for place in sorted(vectors):
            digest.update(f"{place}\n".encode())
            digest.update(np.asarray(vectors[place], self._dtype).tobytes())
        return digest.hexdigest()[:32]

    def match(self, item: str, rows: Iterable[int]) -> None:
        """Note that an item is to have the vectors of *rows*."""
        self._index.executemany("INSERT OR IGNORE INTO matches VALUES (?, ?)", [(item, row) for row in rows])

    def matched(self) -> Iterator[tuple[str, dict[str, int]]]:
        """Yield each item with the rows that it is to have, by place."""
        query = "SELECT item, place, row FROM matches JOIN vectors USING (row) ORDER BY item, row"
        with closing(self._index.execute(query)) as rows:
            for item, group in groupby(rows, key=lambda row: row[0]):
                yield item, {place: row for _, place, row in group}

    def unmatched(self, shown: int) -> tuple[int, list[str]]:
        """Return how many names have no item, and the first of them."""
        where = "FROM vectors WHERE row NOT IN (SELECT row FROM matches)"
        (count,) = self._index.execute(f"SELECT count(DISTINCT name) {where}").fetchone()
        first = self._index.execute(f"SELECT DISTINCT name {where} ORDER BY row LIMIT ?", (shown,))
        return count, [name for (name,) in first]

    def line(self, row: int) -> int:
        """Return the place of a row in its file, from 1."""
        (line,) = self._index.execute("SELECT line FROM vectors WHERE row = ?", (row,)).fetchone()
        return int(line)

    @property
    def _row_bytes(self) -> int:
        return self.size * self._dtype.itemsize if self._dtype else 0

    def _take(self, rows: Rows, before: int) -> Iterator[str]:
        """Take what is good of some rows, and yield what is wrong with the others."""
        self._expect(rows)
        import numpy as np

        is_whole = (rows.lengths == self.size) & (rows.lengths > 0)
        whole = np.flatnonzero(is_whole)
        matrix = rows.numbers[np.repeat(is_whole, rows.lengths)].reshape(len(whole), self.size)
        is_finite = np.isfinite(matrix).all(axis=1)
        for index in np.flatnonzero(~is_whole).tolist():
            yield self._fault_of_length(before + index + 1, rows, index)
        taken = []
        for position, index in enumerate(whole.tolist()):
            line = before + index + 1
            problem = None if is_finite[position] else _not_finite(line, rows.names[index], matrix[position])
            problem = problem or self._enter(line, rows, index)
            if problem:
                yield problem
            else:
                taken.append(position)
        self._numbers.write(np.ascontiguousarray(matrix[taken], self._dtype).tobytes())

    def _expect(self, rows: Rows) -> None:
        """Settle type and size by the first rows."""
        kind = rows.numbers.dtype
        if kind.kind not in "fiu" or kind.itemsize > 8:  # noqa: PLR2004 - a long double has no JSON
            raise BadTable(
                self.embeddings.vectors, [f"the vectors are of {kind}, not of numbers that JSON has"]
            )
        self._dtype = self._dtype or kind.newbyteorder("=")
        if not self.size:
            self.size = int(next((length for length in rows.lengths if length), 0))
        if self.size > self._most:
            problem = f"a vector has {self.size} numbers, and {self._place} takes 1 to {self._most}"
            raise BadTable(self.embeddings.vectors, [problem])

    def _fault_of_length(self, line: int, rows: Rows, index: int) -> str:
        length = int(rows.lengths[index])
        what = f"{length} numbers, the others have {self.size}" if length else "it has no vector"
        return f"row {line}, {rows.names[index]!r}: {what}"

    def _enter(self, line: int, rows: Rows, index: int) -> str | None:
        """Put one row into the index; return why it cannot be."""
        name = _text(rows.names[index])
        if not name:
            return f"row {line}: no value in the column {self.embeddings.key!r}"
        try:
            frame = rows.frames[index] if rows.frames is not None else None
            place = spelled_place(frame, self.embeddings.keyframe_mode)
        except ValueError as error:
            return f"row {line}, {name!r}: {error}"
        entry = (self.count, line, name, place)
        if self._index.execute("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?, ?)", entry).rowcount:
            self.count += 1
            return None
        query = "SELECT line FROM vectors WHERE name = ? AND place = ?"
        (earlier,) = self._index.execute(query, (name, place)).fetchone()
        return f"row {line}, {name!r}: row {earlier} is of the same {'frame' if place else 'item'}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._numbers.close()
        self._index.close()
        self._directory.cleanup()


def _not_finite(line: int, name: object, vector: "NDArray[Any]") -> str:
    import numpy as np

    index = int(np.flatnonzero(~np.isfinite(vector))[0])
    return f"row {line}, {name!r}: number {index + 1} is {vector[index]}, which JSON has not"


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return "" if value is None else str(value)

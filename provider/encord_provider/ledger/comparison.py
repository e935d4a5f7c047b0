"""What bucket, ledger, folder and dataset say of the same objects, side by side."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

TABLES: Final = {
    "objects": "url TEXT PRIMARY KEY, key TEXT, version TEXT, size INTEGER, modified REAL, wanted INTEGER",
    "entries": (
        "url TEXT, version TEXT, key TEXT, fate TEXT, first_seen REAL, since REAL, item TEXT, unit TEXT, "
        "manifest TEXT, job TEXT, PRIMARY KEY (url, version)"
    ),
    "items": "uuid TEXT PRIMARY KEY, url TEXT, name TEXT, kind TEXT, created REAL",
    "members": "item TEXT, url TEXT, PRIMARY KEY (item, url)",
    "data_rows": "item TEXT PRIMARY KEY, title TEXT, created REAL",
}
"""What the bucket, the ledger, the folder, the groups in it and the dataset say; times are seconds since 1970."""

_INDEXES: Final = (
    "CREATE INDEX IF NOT EXISTS items_by_url ON items (url)",
    "CREATE INDEX IF NOT EXISTS entries_by_item ON entries (item)",
    "CREATE INDEX IF NOT EXISTS members_by_url ON members (url)",
)


class Comparison:
    """`TABLES` in a file that is deleted afterwards: as large as the disk, whatever the memory.

    Fill them with `add`, then `index` them, then ask with `rows`.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        for name, columns in TABLES.items():
            connection.execute(f"CREATE TABLE {name} ({columns}) WITHOUT ROWID")

    def add(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Put *rows* into *table*, with a value for every column; the later of two with one key stays."""
        width = len(self._connection.execute(f"PRAGMA table_info({table})").fetchall())
        values = ", ".join("?" * width)
        with self._connection:
            self._connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({values})", rows)  # noqa: S608 - ours

    def index(self) -> None:
        """Make ready for queries; rows can be added afterwards all the same."""
        for statement in _INDEXES:
            self._connection.execute(statement)

    def rows(self, query: str, **values: object) -> Iterator[sqlite3.Row]:
        """Yield what *query* finds, as it is found; its parameters are spelled ``:name``."""
        yield from self._connection.execute(query, values)

    def count(self, table: str) -> int:
        """Return how many rows *table* has."""
        (row,) = self.rows(f"SELECT count(*) FROM {table}")  # noqa: S608 - one of ours
        return int(row[0])


@contextmanager
def comparison() -> Iterator[Comparison]:
    """Open an empty comparison in the directory for temporary files (``TMPDIR``)."""
    with (
        TemporaryDirectory(prefix="encord-comparison-") as directory,
        closing(sqlite3.connect(Path(directory) / "comparison.db")) as connection,
    ):
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode=OFF")  # after a crash nobody opens it again
        connection.execute("PRAGMA synchronous=OFF")
        yield Comparison(connection)

"""The SQLite file that holds the sandbox's world."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, create_engine, event
from sqlalchemy.pool import QueuePool

from encord_provider.sandbox.tables import metadata

Value = TypeVar("Value")

_PARAMETERS = 10_000
"""Values in one IN clause: SQLite takes 32,766 (SQLITE_MAX_VARIABLE_NUMBER)."""


class Database:
    """One SQLite file: many readers, one writer at a time.

    The write-ahead log makes a committed transaction survive ``kill -9``; it is not flushed to the disk at each
    commit, so the last moments may be lost when the machine itself loses power.
    """

    def __init__(self, path: Path) -> None:
        self._engine = create_engine(
            f"sqlite:///{path}",
            poolclass=QueuePool,
            pool_size=8,
            max_overflow=-1,
            connect_args={"check_same_thread": False, "timeout": 60, "isolation_level": None},
        )
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)
        self._writer = threading.Lock()
        with self.writing() as connection:
            metadata.create_all(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the world."""
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give the one writing connection; commit when the block ends well, else undo all of it."""
        with (
            self._writer,
            self._engine.connect().execution_options(begin="BEGIN IMMEDIATE") as connection,
            connection.begin(),
        ):
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def in_chunks(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """Yield *values* in runs that fit an IN clause."""
    for start in range(0, len(values), _PARAMETERS):
        yield values[start : start + _PARAMETERS]


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows that all have the same columns.

    By the driver's own ``executemany``: SQLAlchemy's takes three times as long over the long rows of a large job.
    """
    if not rows:
        return
    columns = list(rows[0])
    places = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - our own names
    connection.exec_driver_sql(statement, [tuple(row[column] for column in columns) for row in rows])


def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - SQLAlchemy hands over the driver's own connection
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-65536", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

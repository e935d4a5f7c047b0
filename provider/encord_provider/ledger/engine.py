"""How SQLAlchemy reaches the ledger's database."""

import os
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError

from encord_provider.errors import BadLedger, MissingExtra

BUSY_SECONDS = 60
"""How long a task waits for another task's write to the SQLite file to end."""

READING = "reading"
"""Execution option of a transaction that writes nothing, and so waits for nobody's write."""

POSTGRESQL = "postgresql+psycopg"
"""The driver of the extra ``postgres``, for URLs that name none."""


def engine_of(url: str) -> Engine:
    """Return what connects to *url*; nothing is connected yet.

    Raises:
        BadLedger: The URL cannot be read, or a ledger cannot be in such a database.
        MissingExtra: The driver is not installed.

    """
    try:
        parsed = make_url(url)
        if parsed.drivername in {"postgres", "postgresql"}:
            parsed = parsed.set(drivername=POSTGRESQL)
        database = parsed.get_backend_name()
        if database == "sqlite":
            return _sqlite(parsed)
        if database == "postgresql":
            return _postgresql(parsed)
    except ArgumentError as error:
        raise BadLedger(url.partition(":")[0], "this begins no SQLAlchemy URL") from error
    raise BadLedger(parsed.render_as_string(), "a ledger is in SQLite or in PostgreSQL")


def _postgresql(url: URL) -> Engine:
    """Connect in the isolation that leases are fenced in, whatever the server's default.

    A connection that the server closed meanwhile is replaced: a task may wait for hours between two writes.
    """
    try:
        return create_engine(url, isolation_level="READ COMMITTED", pool_pre_ping=True)
    except ImportError as error:
        raise MissingExtra("postgres", f"a ledger at {url.render_as_string()}") from error


def _sqlite(url: URL) -> Engine:
    if url.database and not url.database.startswith((":memory:", "file:")):
        _make_private(Path(url.database))
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(file: Path) -> None:
    """Make *file* its owner's alone, unless it is there; SQLite's files beside it get the same mode."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL, mode=0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise BadLedger(str(file), f"it cannot be made: {error.strerror}") from error


def _set_up_sqlite(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN is deferred, and deferred writers can deadlock
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get(READING)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

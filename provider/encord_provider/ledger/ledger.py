"""The ledger as a whole: where it is, and one transaction at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine.interfaces import DBAPIConnection

from encord_provider.ledger.entries import Entries
from encord_provider.ledger.leases import Lease, Leases
from encord_provider.ledger.manifests import Manifests
from encord_provider.ledger.objects import Objects
from encord_provider.ledger.runs import Runs
from encord_provider.ledger.tables import metadata

BUSY_SECONDS = 60
"""How long a task waits for another task's write to the SQLite file to end."""


SCHEMA_LOCK = 0x656E636F7264
"""PostgreSQL's number for the lock under which the tables are made: two tasks may open a new ledger at once."""


class Ledger:
    """Our record of what became of every object version.

    *url* is SQLAlchemy's: ``sqlite:////var/airflow/encord.db`` for one machine, or
    ``postgresql+psycopg2://...``. Tables are made when they are absent. Close it, or use it in a ``with``
    block.
    """

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._lease: Lease | None = None
        with self.transaction() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(SCHEMA_LOCK)))
            metadata.create_all(connection)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Begin a transaction; commit it at the end of the block, or roll back when the block raises."""
        with self._engine.begin() as connection:
            if self._lease:
                self._lease.renew(connection)
            yield connection

    def under(self, lease: Lease) -> "Ledger":
        """Return the same ledger, written only while *lease* is held: each transaction begins by renewing it.

        A task that was taken for dead, and goes on beside its own retry, ends with `LeaseHeld` at its next write.
        """
        fenced = copy(self)
        fenced._lease = lease  # noqa: SLF001 - our own copy
        return fenced

    @property
    def objects(self) -> Objects:
        """Object versions and their fates."""
        return Objects(self.transaction)

    @property
    def entries(self) -> Entries:
        """Object versions as they stand."""
        return Entries(self.transaction)

    @property
    def manifests(self) -> Manifests:
        """Manifests and their upload jobs."""
        return Manifests(self.transaction)

    @property
    def runs(self) -> Runs:
        """Runs and their accounts."""
        return Runs(self.transaction)

    @property
    def leases(self) -> Leases:
        """What only one task may do at a time."""
        return Leases(self.transaction)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_immediately)
    return engine


def _set_up_sqlite(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN is deferred, and deferred writers can deadlock
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _begin_immediately(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")

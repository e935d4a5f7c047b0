"""The version of a ledger's tables, and how they are made and brought up to date."""

from typing import Final

from sqlalchemy import Engine, String, column, func, inspect, select, table
from sqlalchemy.exc import OperationalError, ProgrammingError

from encord_provider.ledger.engine import READING

VERSION: Final = "0.1.0"
"""The newest migration; each is named for the first version of this package that needs it."""

VERSION_TABLE: Final = "ledger_version"
"""Not Alembic's usual name: the database may hold another application's tables, too."""

LOCK: Final = 0x656E636F7264
"""PostgreSQL's number for the lock under which tables are changed."""


def version_of(engine: Engine) -> str | None:
    """Return the version of a ledger's tables; None when it has none."""
    query = select(column("version_num", String)).select_from(table(VERSION_TABLE))
    reader = engine.execution_options(**{READING: True})
    try:
        with reader.connect() as connection:
            return connection.scalar(query)
    except (OperationalError, ProgrammingError):  # the table is absent, or was when we asked
        with reader.connect() as connection:
            return connection.scalar(query) if inspect(connection).has_table(VERSION_TABLE) else None


def upgrade(engine: Engine) -> None:
    """Make the tables, or bring them up to date; whoever comes at the same time waits.

    Tables that are up to date cost one query.

    Raises:
        LedgerTooNew: A later version of this package changed the tables.
        BadLedger: The tables are there, and no version of this package made them.

    """
    if version_of(engine) == VERSION:
        return
    from encord_provider.ledger.migrations.migrate import migrate  # noqa: PLC0415 - Alembic takes long to load

    with engine.begin() as connection:  # on SQLite nobody else writes from here on
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        migrate(connection)

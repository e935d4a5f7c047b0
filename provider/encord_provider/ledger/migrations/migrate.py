"""A ledger's tables, made and changed by Alembic."""

from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from encord_provider.errors import BadLedger, LedgerTooNew
from encord_provider.ledger.schema import VERSION, VERSION_TABLE
from encord_provider.ledger.tables import metadata

OPTIONS: Final[dict[str, Any]] = {
    "version_table": VERSION_TABLE,
    "include_name": lambda name, kind, _parents: kind != "table" or name in metadata.tables,
    "compare_server_default": True,
    "transactional_ddl": True,  # SQLite has it as well: a migration that fails leaves nothing behind
}
"""What Alembic is told; of the tables in the database, only ours are compared."""


def migrate(connection: Connection) -> None:
    """Bring the tables to this package's version, in the caller's transaction.

    Tables that were made without a version are given one when they are those of this version.

    Raises:
        LedgerTooNew: A later version of this package changed the tables.
        BadLedger: The tables are there, and no version of this package made them.

    """
    config = config_of(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    context = MigrationContext.configure(connection, opts=OPTIONS)
    present = context.get_current_revision()
    if present is not None and present not in known:
        raise LedgerTooNew(_name(connection), present, VERSION)
    if present is None and set(inspect(connection).get_table_names()) & set(metadata.tables):
        if compare_metadata(context, metadata):
            problem = "it holds other tables of these names; give the ledger a database or schema of its own"
            raise BadLedger(_name(connection), problem)
        command.stamp(config, VERSION)
    else:
        command.upgrade(config, VERSION)


def config_of(connection: Connection) -> Config:
    """Return what Alembic's commands take: where the migrations are, and the ledger to migrate."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def _name(connection: Connection) -> str:
    return connection.engine.url.render_as_string()

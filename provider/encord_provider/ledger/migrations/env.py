"""Run by Alembic for each of its commands; not to be imported.

A ledger passes its own connection. Contributors name a ledger: ``alembic -x ledger=sqlite:///l.db upgrade head``.
"""

from alembic import context
from sqlalchemy import Connection, create_engine

from encord_provider.ledger.migrations.migrate import OPTIONS
from encord_provider.ledger.tables import metadata


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with create_engine(context.get_x_argument(as_dictionary=True)["ledger"]).begin() as opened:
        _run(opened)

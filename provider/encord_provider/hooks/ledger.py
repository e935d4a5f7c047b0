"""The ledger that this deployment is configured with."""

from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import BaseHook

from encord_provider.errors import BadConnection, BadLedger, MissingExtra
from encord_provider.hooks.configuration import default_ledger_url, ledger_conn_id, ledger_url
from encord_provider.hooks.executors import require_one_machine

if TYPE_CHECKING:
    from airflow.sdk import Connection

    from encord_provider.ledger.ledger import Ledger

CONNECTION_TYPES = ("postgres", "postgresql")

REMEDY = (
    "each machine would have its own record, and register everything again; name a PostgreSQL in [encord] "
    "ledger_conn_id or ledger_url. SQLite's file locks do not hold across machines, on a shared volume neither"
)


def open_ledger() -> "Ledger":
    """Open the configured ledger; close it after use.

    Raises:
        NotShared: It is a SQLite file, and tasks may run on several machines.
        BadConnection: The connection that is configured for it cannot be used.
        BadLedger: It cannot be opened until a person does something.
        LedgerTooNew: A later version of this package changed its tables.
        LedgerUnavailable: It does not answer now.
        MissingExtra: PostgreSQL's driver is not installed.

    """
    from encord_provider.ledger.ledger import Ledger

    return Ledger(ledger_place())


def ledger_place() -> str:
    """Return the SQLAlchemy URL of the configured ledger, with its password, if tasks may use it.

    Raises:
        NotShared: It is a SQLite file, and tasks may run on several machines.
        BadConnection: The connection that is configured for it cannot be used.
        BadLedger: Two are configured.
        MissingExtra: PostgreSQL's driver is not installed.

    """
    url = _configured_url()
    if url.startswith("sqlite"):
        require_one_machine("ledger", url, REMEDY)
    return url


def _configured_url() -> str:
    conn_id, url = ledger_conn_id(), ledger_url()
    if conn_id and url:
        raise BadLedger(
            f"connection {conn_id!r}", "[encord] ledger_conn_id and ledger_url are both set: keep one"
        )
    if conn_id:
        return _url_of(conn_id, BaseHook.get_connection(conn_id))
    return url or default_ledger_url()


def _url_of(conn_id: str, connection: "Connection") -> str:
    """Return the URL that an Airflow connection describes."""
    from sqlalchemy import URL

    if connection.conn_type not in CONNECTION_TYPES:
        raise BadConnection(conn_id, f"a ledger is in PostgreSQL, this is of type {connection.conn_type!r}")
    if connection.extra_dejson.get("iam"):
        raise BadConnection(conn_id, "a ledger needs a password or a certificate; it does not log in by IAM")
    url = URL.create(
        "postgresql+psycopg",
        connection.login,
        connection.password,
        connection.host,
        connection.port,
        connection.schema,
        _parameters(conn_id, connection.extra_dejson),
    )
    return url.render_as_string(hide_password=False)


def _parameters(conn_id: str, extra: dict[str, Any]) -> dict[str, str]:
    """Return what of *extra* is for the database's own client, such as ``sslmode``; the rest is for Airflow's."""
    try:
        from psycopg.pq import Conninfo
    except ImportError as error:
        raise MissingExtra("postgres", f"the ledger of connection {conn_id!r}") from error
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    return {name: str(value) for name, value in extra.items() if name in known}

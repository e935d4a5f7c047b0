"""What a database says when a statement fails, in this package's words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, OperationalError

from encord_provider.errors import BadLedger, EncordProviderError, LedgerUnavailable

_PRIMARY = 0xFF  # the low byte of an extended code is the primary one (sqlite.org/rescode.html)

_SQLITE_LATER = {
    sqlite3.SQLITE_BUSY: "another task writes to it, and does not end",
    sqlite3.SQLITE_FULL: "the disk is full; what this task wanted to write is not written",
    sqlite3.SQLITE_IOERR: "the disk does not do what is asked of it",
}
_SQLITE_NEVER = {
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; its directory must be there, and writable for this process",
    sqlite3.SQLITE_CORRUPT: "it is damaged; put a backup in its place",
    sqlite3.SQLITE_NOTADB: "it is no SQLite file; name another one, or put a backup in its place",
    sqlite3.SQLITE_PERM: "this process may not write to it",
    sqlite3.SQLITE_READONLY: "this process may not write to it",
}

_POSTGRESQL_NEVER = {
    "3D000": "there is no such database",
    "3F000": "it has no schema that its user may make tables in",
    "42501": "its user may not do what a ledger needs: make tables, read and write them",
}
"""SQLSTATEs that another try does not change (postgresql.org/docs/current/errcodes-appendix.html)."""

_POSTGRESQL_LATER = ("08", "25006", "40", "53", "55P03", "57")
"""What SQLSTATEs begin with that pass: no connection, a standby, a deadlock, no room, a lock, a shutdown."""


@contextmanager
def known_faults(url: URL) -> Iterator[None]:
    """Turn what a database at *url* raises into what Airflow can act on, where we know what it means.

    Raises:
        LedgerUnavailable: The same statement may succeed later.
        BadLedger: A person must do something.

    """
    try:
        yield
    except DBAPIError as error:
        fault = _fault_of(error, url.render_as_string())
        if fault is None:
            raise
        raise fault from error


def _fault_of(error: DBAPIError, ledger: str) -> EncordProviderError | None:
    if isinstance(error.orig, sqlite3.Error):
        return _sqlite_fault(getattr(error.orig, "sqlite_errorcode", 0) & _PRIMARY, ledger)
    state = getattr(error.orig, "sqlstate", None)
    if state in _POSTGRESQL_NEVER:
        return BadLedger(ledger, _POSTGRESQL_NEVER[state])
    no_connection = state is None and isinstance(error, OperationalError)
    if no_connection or (state or "").startswith(_POSTGRESQL_LATER):
        return LedgerUnavailable(ledger, str(error.orig).strip().partition("\n")[0])
    return None


def _sqlite_fault(code: int, ledger: str) -> EncordProviderError | None:
    if code in _SQLITE_LATER:
        return LedgerUnavailable(ledger, _SQLITE_LATER[code])
    if code in _SQLITE_NEVER:
        return BadLedger(ledger, _SQLITE_NEVER[code])
    return None

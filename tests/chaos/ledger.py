"""A real ledger whose every transaction is a point."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

from sqlalchemy import Connection

from encord_provider.ledger.ledger import Ledger
from tests.chaos.processes import reach, running

WRAPPERS = frozenset({"contextlib.py", "ledger.py"})
"""Files of functions that only pass a transaction on."""


class WatchedLedger(Ledger):
    """Stops each process before a transaction begins, and after one that wrote something was committed."""

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Begin a transaction, as the ledger does."""
        name = _caller()
        reach(f"{name}: to begin")
        process = running()
        with super().transaction() as connection:
            if process:
                process.writing = True
            try:
                before = _changes(connection)
                yield connection
                wrote = _changes(connection) > before
            finally:
                if process:
                    process.writing = False
        if wrote:
            reach(f"{name}: committed")


def _changes(connection: Connection) -> int:
    return int(connection.connection.dbapi_connection.total_changes)  # type: ignore[union-attr]  # SQLite counts rows


def _caller() -> str:
    """Return the function that wants a transaction; not the one that all of a class share."""
    frame = sys._getframe(2)  # noqa: SLF001 - Python's only way to ask
    while frame.f_back and (
        PurePath(frame.f_code.co_filename).name in WRAPPERS or frame.f_code.co_name == "_set"
    ):
        frame = frame.f_back
    module = PurePath(frame.f_code.co_filename).stem
    return f"{module}.{frame.f_code.co_name.removeprefix('_')}"

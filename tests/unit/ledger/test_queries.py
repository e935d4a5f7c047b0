"""No step of a run reads a table from its beginning to its end, whatever is in it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from encord_provider.ledger.ledger import Ledger

Statement = tuple[str, Any]

LARGE = ("objects", "run_objects", "manifests", "runs", "held_groups")
"""The tables that grow; there are few leases."""


@contextmanager
def noted() -> Iterator[list[Statement]]:
    """Note every statement, with its parameters."""
    statements: list[Statement] = []

    def note(
        _connection: object, _cursor: object, sql: str, parameters: object, _context: object, many: bool
    ) -> None:
        if re.match(r"SELECT|UPDATE|DELETE", sql):
            statements.append((sql, parameters[0] if many else parameters))  # type: ignore[index]  # one for each row

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def take_every_step(ledger: Ledger) -> None:
    """Do everything that tasks do with a ledger."""

"""What a ledger knows of one target, in another ledger, so that something can be tried on it."""

from typing import Any, Final

from sqlalchemy import Table, insert, select, tuple_

from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.tables import manifests, objects

PAGE: Final = 5_000
"""Rows copied in one transaction."""

COPIED: Final = (objects, manifests)
"""What a build goes by; accounts and leases are of the runs that made them."""


def copy_target(ledger: Ledger, target: str, into: Ledger) -> None:
    """Copy the objects and manifests of *target*, a page at a time; *ledger* is only read."""
    for table in COPIED:
        after: tuple[Any, ...] | None = None
        while rows := _page(ledger, table, target, after):
            with into.transaction() as connection:
                connection.execute(insert(table), rows)
            after = tuple(rows[-1][column.name] for column in table.primary_key)


def _page(ledger: Ledger, table: Table, target: str, after: tuple[Any, ...] | None) -> list[dict[str, Any]]:
    key = list(table.primary_key)
    query = select(table).where(table.c.target == target).order_by(*key).limit(PAGE)
    if after is not None:
        query = query.where(tuple_(*key) > after)
    with ledger.transaction() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]

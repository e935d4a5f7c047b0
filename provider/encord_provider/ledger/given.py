"""The custom metadata that a table gave each item last."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import delete, insert, select

from encord_provider.ledger.tables import given_metadata
from encord_provider.ledger.transactions import Transaction

PAGE = 500
"""Items in one query; SQLite takes 32,766 variables, and shorter statements are parsed faster."""


class GivenMetadata:
    """What was sent, by the task that sends it: two tables may describe the same items."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def of(self, table: str, items: Collection[str]) -> dict[str, dict[str, Any]]:
        """Return what *table* gave each of *items* last; items that it never gave anything are left out."""
        columns = (given_metadata.c.item_uuid, given_metadata.c.metadata)
        query = select(*columns).where(
            given_metadata.c.given_by == table, given_metadata.c.item_uuid.in_(items)
        )
        with self._transaction() as connection:
            return {uuid: json.loads(metadata) for uuid, metadata in connection.execute(query)}

    def forget(self, items: Collection[str]) -> None:
        """Forget what any table has given *items*."""
        with self._transaction() as connection:
            connection.execute(delete(given_metadata).where(given_metadata.c.item_uuid.in_(items)))

    def record(self, table: str, metadata: Mapping[str, Mapping[str, Any]]) -> None:
        """Record what *table* has given items, by UUID."""
        if not metadata:
            return
        rows = [
            {"given_by": table, "item_uuid": uuid, "metadata": json.dumps(own, ensure_ascii=False)}
            for uuid, own in metadata.items()
        ]
        named = given_metadata.c.item_uuid.in_(metadata)
        with self._transaction() as connection:
            connection.execute(delete(given_metadata).where(given_metadata.c.given_by == table, named))
            connection.execute(insert(given_metadata), rows)

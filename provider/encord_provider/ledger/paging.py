"""Reading many objects a page at a time."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select, tuple_

from encord_provider.ledger.tables import objects
from encord_provider.ledger.transactions import Transaction

PAGE = 1000
"""Objects that are read, or changed, in one transaction."""


def pages_by_key(transaction: Transaction, query: Select[Any]) -> Iterator[Sequence[Sequence[Any]]]:
    """Yield what *query* selects of objects, the columns ``id`` and ``key`` among it, by key, a page at a time.

    Each page is a transaction of its own, so the caller may move what it was given before it asks for more.
    """
    ordered = query.order_by(objects.c.key, objects.c.id).limit(PAGE)
    last: tuple[str, int] = ("", 0)
    while True:
        with transaction() as connection:
            rows = connection.execute(ordered.where(tuple_(objects.c.key, objects.c.id) > last)).all()
        if not rows:
            return
        yield rows
        last = (rows[-1].key, rows[-1].id)

"""Rows of a table that describe the same thing."""

from collections.abc import Mapping
from typing import Any


def join(table: dict[str, dict[str, Any]], entry: str, cells: Mapping[str, Any]) -> list[str]:
    """Add a row to what *table* has of *entry*; return the columns of which an earlier row says something else.

    Encord takes one change of an item at a time: of two that are sent together the first is lost.
    """
    described = table.setdefault(entry, {})
    disputed = [
        column
        for column, value in cells.items()
        if column in described and not _same(described[column], value)
    ]
    described.update(cells)
    return disputed


def _same(one: Any, other: Any) -> bool:  # noqa: ANN401 - any JSON
    return bool(one == other) and isinstance(one, bool) is isinstance(other, bool)

"""Pages of a listing: sorted, with a token that says where the next page begins."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, Table, and_, or_

from encord_provider.sandbox.errors import InvalidError
from encord_provider.sandbox.wire.model import WireModel


class PageQuery(WireModel):
    """The query parameters that every listing knows."""

    search: str | None = None
    """Part of a name, in any case."""

    is_recursive: bool | None = False
    order: Literal["name", "createdAt"] = "name"
    desc: bool = False
    page_token: str | None = None
    page_size: int = Field(default=100, ge=1)


@dataclass(frozen=True)
class Page:
    """One page of rows, and the token of the next one unless it was the last."""

    rows: list[RowMapping]
    next_page_token: str | None


def read_page(
    connection: Connection, selection: Select[Any], table: Table, query: PageQuery, largest: int
) -> Page:
    """Read the page of *selection* that *query* asks for.

    The token holds the last row's place in the order, so a page costs the same wherever it is, and rows added
    between two requests neither repeat nor hide others.

    Args:
        connection: Where to read.
        selection: Rows of *table*, already filtered.
        table: The table whose ``name``, ``created_at`` and ``seq`` give the order.
        query: Order, size and token.
        largest: Rows on a page at most.

    Raises:
        InvalidError: The token is not one of ours.
    """
    key = table.c.name if query.order == "name" else table.c.created_at
    size = min(query.page_size, largest)
    if query.search:
        selection = selection.where(table.c.name.ilike(_containing(query.search), escape="\\"))
    if query.page_token:
        selection = selection.where(_beyond(key, table.c.seq, _read_token(query.page_token), desc=query.desc))
    ordered = (key.desc(), table.c.seq.desc()) if query.desc else (key, table.c.seq)
    rows = list(connection.execute(selection.order_by(*ordered).limit(size + 1)).mappings())
    if len(rows) <= size:
        return Page(rows, None)
    last = rows[size - 1]
    return Page(rows[:size], _token(last[key.name], last["seq"]))


def _containing(text: str) -> str:
    escaped = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"


def _beyond(
    key: ColumnElement[Any], seq: ColumnElement[Any], place: tuple[str, int], *, desc: bool
) -> ColumnElement[bool]:
    value, number = place
    if desc:
        return or_(key < value, and_(key == value, seq < number))
    return or_(key > value, and_(key == value, seq > number))


def _token(value: str, seq: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([value, seq]).encode()).decode()


def _read_token(token: str) -> tuple[str, int]:
    try:
        value, seq = json.loads(base64.urlsafe_b64decode(token))
    except (ValueError, TypeError, binascii.Error) as error:
        raise InvalidError(f"Invalid page token: {token!r}") from error
    return str(value), int(seq)

"""Custom metadata from a table: one row an item, one column a key."""

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

from encord_provider.errors import BadTable
from encord_provider.manifest.rows import join

ColumnType: TypeAlias = Literal["text", "number", "boolean", "json"]
"""How the cells of a CSV column are read; JSON lines have types of their own."""

_Row: TypeAlias = tuple[int, dict[str, Any], list[str]]
"""A line's number, its cells, and what is wrong with it."""

JSON_LINES: Final = (".jsonl", ".ndjson")


def read_table(
    name: str, content: bytes, key: str, types: Mapping[str, ColumnType] | None = None
) -> dict[str, dict[str, Any]]:
    """Return the metadata in a CSV or JSON-lines table, by the value of its column *key*.

    The ending of *name* tells the form. An empty CSV cell sets nothing. The column *key* itself is not metadata.
    Rows of one value of it are joined.

    Raises:
        BadTable: Everything that is wrong with the table, each fault with its line and column.

    """
    try:
        text = content.decode("utf-8-sig")
        is_json = name.lower().endswith(JSON_LINES)
        rows = list(_json_lines(text) if is_json else _csv(text, types or {}))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadTable(name, [f"it is not a table in UTF-8: {error}"]) from error
    table: dict[str, dict[str, Any]] = {}
    faults = []
    for line, cells, problems in rows:
        faults += [f"line {line}: {problem}" for problem in problems]
        if problems:
            continue
        entry = "" if cells.get(key) is None else str(cells[key])
        if not entry:
            faults.append(f"line {line}: no value in the column {key!r}")
        else:
            disputed = join(table, entry, {column: value for column, value in cells.items() if column != key})
            faults += [
                f"line {line}: an earlier line of {entry!r} has another {column!r}" for column in disputed
            ]
    if faults:
        raise BadTable(name, faults)
    return table


def _csv(text: str, types: Mapping[str, ColumnType]) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader, [])
    twice = [column for column, count in Counter(header).items() if count > 1]
    unknown = [f"no way to read a column as {kind!r}" for kind in types.values() if kind not in READERS]
    if twice or unknown:
        yield 1, {}, [f"two columns are named {column!r}" for column in twice] + unknown
        return
    for cells in reader:
        if not cells:
            continue
        problems = [] if len(cells) <= len(header) else [f"{len(cells)} cells under {len(header)} columns"]
        row = {}
        for column, cell in zip(header, cells, strict=False):
            try:
                if cell:
                    row[column] = READERS[types.get(column, "text")](cell)
            except ValueError as error:
                problems.append(f"column {column!r}: {error}")
        yield reader.line_num, row, problems


def _json_lines(text: str) -> Iterator[_Row]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = _json(line)
        except ValueError as error:
            yield number, {}, [str(error)]
        else:
            yield (number, row, []) if isinstance(row, dict) else (number, {}, ["not a JSON object"])


def _json(text: str) -> Any:  # noqa: ANN401 - any JSON
    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


def _boolean(cell: str) -> bool:
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if cell.strip().lower() not in known:
        raise ValueError(f"{cell!r} is neither true nor false")
    return known[cell.strip().lower()]


def _number(cell: str) -> int | float:
    try:
        return int(cell)
    except ValueError:
        number = float(cell)
    if not math.isfinite(number):
        raise ValueError(f"{cell!r} is not a number that JSON has")
    return number


READERS: Final[dict[ColumnType, Callable[[str], Any]]] = {
    "text": str,
    "number": _number,
    "boolean": _boolean,
    "json": _json,
}

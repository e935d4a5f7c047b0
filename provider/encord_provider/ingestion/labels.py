"""What tools that import labels look up: which item, data row and frame each object has become."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, astuple, dataclass, fields
from itertools import islice
from typing import Any, Final, Literal, TypeAlias

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.folders import PAGE
from encord_provider.encord_api.found import Item, Row
from encord_provider.errors import MissingExtra
from encord_provider.ingestion.survey import GROUPS

Form: TypeAlias = Literal["csv", "jsonl", "parquet"]
"""How the table is written."""


@dataclass(frozen=True)
class Labelled:
    """One object that a data row shows."""

    object_url: str | None
    """Where it is, as Encord spells it; None for what is no one object, such as a scene."""

    title: str
    """The title of the data row."""

    item_uuid: str
    """The item that the row stands for."""

    data_hash: str
    """The row: labels are kept under it."""

    item_type: str
    """Encord's word for the type of the item."""

    frames: int | None
    """How many frames the row has; None where Encord does not count any, as of a text."""

    frame: int | None
    """Which of them the object is, from 0; None when the object is the whole row."""


def labelled(api: EncordApi, dataset: str) -> Iterator[Labelled]:
    """Yield the objects of the rows of *dataset*, row by row; a group costs a request of its own."""
    rows = api.rows(api.dataset(dataset))
    while page := list(islice(rows, PAGE)):
        items = {item.uuid: item for item in api.items_of({row.item for row in page})}
        for row in page:
            yield from _objects(api, row, items[row.item])


def _objects(api: EncordApi, row: Row, item: Item) -> Iterator[Labelled]:
    known = row.title, row.item, row.uuid, item.kind
    if item.kind not in GROUPS:
        yield Labelled(item.url, *known, 1 if item.kind == "image" else item.frames, None)
        return
    members = api.member_items(item.uuid)
    for number, member in enumerate(members):
        yield Labelled(member.url, *known, item.frames or len(members), number)


def as_jsonl(entries: Iterator[Labelled]) -> Iterator[bytes]:
    """Write a JSON object a line."""
    for entry in entries:
        yield json.dumps(asdict(entry), ensure_ascii=False).encode() + b"\n"


def as_csv(entries: Iterator[Labelled]) -> Iterator[bytes]:
    """Write CSV with a header, in UTF-8; what is None is empty."""
    yield _csv_line([field.name for field in fields(Labelled)])
    for entry in entries:
        yield _csv_line(astuple(entry))


def as_parquet(entries: Iterator[Labelled]) -> Iterator[bytes]:
    """Write a Parquet file, a group of rows for each page.

    Raises:
        MissingExtra: PyArrow is not installed.

    """
    try:
        import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types, and is an extra
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # the same
    except ImportError as error:
        raise MissingExtra("parquet", "a table in Parquet") from error
    numbers = {"frames", "frame"}
    schema = pa.schema(
        [(field.name, pa.int64() if field.name in numbers else pa.string()) for field in fields(Labelled)]
    )
    out = io.BytesIO()
    with pq.ParquetWriter(out, schema) as writer:
        while page := list(islice(entries, PAGE)):
            writer.write_table(pa.Table.from_pylist([asdict(entry) for entry in page], schema))
    yield out.getvalue()


WRITERS: Final[dict[str, Callable[[Iterator[Labelled]], Iterator[bytes]]]] = {
    "csv": as_csv,
    "jsonl": as_jsonl,
    "parquet": as_parquet,
}


def _csv_line(cells: Any) -> bytes:  # noqa: ANN401 - a sequence of anything, as csv takes it
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()

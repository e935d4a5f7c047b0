"""Rows of a table in a bucket, one after the other, never all in memory."""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from encord_provider.buckets.bucket import Bucket
from encord_provider.errors import BadInventory, MissingExtra
from encord_provider.media.ranges import RangeReader

Row: TypeAlias = Mapping[str, Any]
"""Cells by the names of their columns: text in CSV, typed values in JSON lines and Parquet."""

_Stream: TypeAlias = "gzip.GzipFile | io.BufferedReader[RangeReader]"

READ_AHEAD: Final = 4 * 1024 * 1024
"""Bytes that one request for a part of a table fetches."""

ROWS_AT_ONCE: Final = 1000
"""Rows of a Parquet file that are taken apart at a time."""


@dataclass(frozen=True)
class Table:
    """One file of rows."""

    key: str
    format: str
    """One of `FORMATS`."""

    header: Sequence[str] | None = None
    """Names of the columns of a CSV file that has no line with them."""


def format_of(key: str) -> str:
    """Tell the format of a file by its name.

    Raises:
        BadInventory: It is none of `FORMATS`.

    """
    suffix = key.lower().removesuffix(".gz").rpartition(".")[2]
    named = {"ndjson": "jsonl"}.get(suffix, suffix)
    if named not in FORMATS:
        raise BadInventory(key, [f"expected a manifest.json or a table in {', '.join(FORMATS)}"])
    return named


def rows(bucket: Bucket, table: Table) -> Iterator[tuple[int, Row]]:
    """Yield the rows of *table* with their numbers, from 1.

    Raises:
        BadInventory: The file cannot be read to its end; says how far it went.
        MissingExtra: Parquet is read by PyArrow, which is not installed.
        NotFound: There is no such file.
        BadConnection: The bucket refuses the credentials.
        BucketUnavailable: The store does not answer.

    """
    number = 0
    try:
        for row in _READERS[table.format](_opened(bucket, table.key), table):
            number += 1
            yield number, row
    except (
        EOFError,
        OSError,
        zlib.error,
        csv.Error,
        ValueError,
    ) as error:  # PyArrow's are the second and last
        problem = f"unreadable after row {number}: {error}"
        raise BadInventory(f"{bucket.name}/{table.key}", [problem]) from None


def _opened(bucket: Bucket, key: str) -> _Stream:
    stored = RangeReader(bucket, key, bucket.head(key).size)
    buffered = io.BufferedReader(stored, READ_AHEAD)
    return gzip.GzipFile(fileobj=buffered) if key.lower().endswith(".gz") else buffered


def _csv(stream: _Stream, table: Table) -> Iterator[Row]:
    lines = csv.reader(io.TextIOWrapper(stream, "utf-8-sig", newline=""), strict=True)
    header = table.header or next(lines, [])
    for line in lines:
        if len(line) != len(header):
            raise ValueError(f"{len(line)} cells under {len(header)} columns")
        yield dict(zip(header, line, strict=True))


def _json_lines(stream: _Stream, _: Table) -> Iterator[Row]:
    for line in filter(bytes.strip, stream):
        row = json.loads(line)
        if not isinstance(row, dict):
            raise ValueError("a line that is no object")  # noqa: TRY004 - a fault of the file, not of a caller
        yield row


def _parquet(stream: _Stream, _: Table) -> Iterator[Row]:
    try:
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415 - it ships no types; few tables are Parquet
    except ImportError as error:
        raise MissingExtra("parquet", "reading Parquet") from error
    for batch in pq.ParquetFile(stream).iter_batches(ROWS_AT_ONCE):
        yield from batch.to_pylist()


_READERS: Final[dict[str, Callable[[_Stream, Table], Iterator[Row]]]] = {
    "csv": _csv,
    "jsonl": _json_lines,
    "parquet": _parquet,
}

FORMATS: Final = tuple(_READERS)
"""Tables that are read; the first two compressed by gzip as well."""

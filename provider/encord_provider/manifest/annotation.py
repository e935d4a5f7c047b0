"""Units with custom metadata from wherever it is kept: paths, side files, tables, the store, or a function."""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from typing import Any, Final, TypeAlias
from uuid import UUID

from encord_provider.errors import BadTable, MissingExtra
from encord_provider.manifest.naming import PathRule
from encord_provider.manifest.objects import BucketObject
from encord_provider.manifest.rows import join
from encord_provider.manifest.units import Unit

MetadataSource: TypeAlias = Callable[[Unit, Sequence[BucketObject]], Mapping[str, Any]]
"""A unit and its objects to custom metadata, empty where the source says nothing.

Metadata and tags that a store keeps with its objects come by such a function: listings do not carry them.
"""

SIDECAR_SUFFIX: Final = ".metadata.json"
"""What Encord's own cloud-synced folders look for (encord 0.1.211, ``SidecarMatcherSuffix``)."""


def from_path(rule: PathRule) -> MetadataSource:
    """Read metadata from the key of a unit's first object."""
    return lambda _unit, objects: rule.metadata(objects[0].key) if objects else {}


def from_table(rows: Mapping[str, Mapping[str, Any]]) -> MetadataSource:
    """Join a table by key: of the object, of the unit's title, or of the URL."""

    def joined(unit: Unit, objects: Sequence[BucketObject]) -> Mapping[str, Any]:
        names = (unit.title, *(name for obj in objects for name in (obj.key, obj.url)), *unit.urls)
        return next((rows[name] for name in names if name in rows), {})

    return joined


@dataclass(frozen=True)
class Sidecars:
    """JSON objects that lie beside the files they describe: ``a.mp4`` and ``a.mp4.metadata.json``.

    Raises:
        BadTable: When called: a side file that is not a JSON object.

    """

    read: Callable[[str], bytes | None]
    """Key to the content of a small object; None when there is no such object."""

    suffix: str = SIDECAR_SUFFIX

    def __call__(self, _unit: Unit, objects: Sequence[BucketObject]) -> Mapping[str, Any]:
        """Read the side file of the unit's first object."""
        if not objects:
            return {}
        key = f"{objects[0].key}{self.suffix}"
        content = self.read(key)
        if content is None:
            return {}
        try:
            found = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise BadTable(key, [f"not JSON: {error}"]) from error
        if not isinstance(found, dict):
            raise BadTable(key, ["not a JSON object"])
        return found

    def is_sidecar(self, key: str) -> bool:
        """Tell whether a key is that of a side file, which is not to be registered itself."""
        return key.endswith(self.suffix)


def read_parquet(name: str, content: bytes, key: str) -> dict[str, dict[str, Any]]:
    """Return the rows of a Parquet table by the value of its column *key*, which is not metadata itself.

    Empty cells set nothing. CSV and JSON lines are read by `encord_provider.metadata.table.read_table`.

    Raises:
        MissingExtra: PyArrow is not installed.
        BadTable: Not Parquet, without the column, or with a value of it twice or nowhere.

    """
    try:
        import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - it ships no types; few tables are Parquet
        import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415 - the same
    except ImportError as error:
        raise MissingExtra("parquet", "reading Parquet") from error
    try:
        table = pq.read_table(pa.BufferReader(content))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BadTable(name, [f"not Parquet: {error}"]) from error
    if key not in table.column_names:
        raise BadTable(name, [f"it has no column {key!r}"])
    return rows_by_key(name, table.to_pylist(), key)


def rows_by_key(name: str, rows: Iterable[Mapping[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    """Return *rows* of Python values as metadata by the value of their column *key*, which is not metadata itself.

    Rows of one value are joined. Empty cells set nothing; dates and UUIDs become text, decimals numbers.

    Raises:
        BadTable: A row without a value of the column, two rows of it that disagree, or a value that JSON has not.

    """
    table: dict[str, dict[str, Any]] = {}
    faults: list[str] = []
    for number, row in enumerate(rows, start=1):
        cells = {column: value for column, value in row.items() if value is not None}
        entry = str(cells.pop(key, ""))
        if not entry:
            faults.append(f"row {number}: no value in the column {key!r}")
        else:
            disputed = join(table, entry, _plain_cells(number, cells, faults))
            faults += [
                f"row {number}: an earlier row of {entry!r} has another {column!r}" for column in disputed
            ]
    if faults:
        raise BadTable(name, faults)
    return table


def annotated(
    units: Iterable[tuple[Unit, Sequence[BucketObject]]],
    sources: Sequence[MetadataSource],
    rule: PathRule | None = None,
) -> Iterator[tuple[Unit, Sequence[BucketObject]]]:
    """Yield *units* with the metadata of all *sources*, later ones over earlier, and titles by *rule*."""
    for unit, objects in units:
        metadata = dict(unit.client_metadata)
        for source in sources:
            metadata.update(source(unit, objects))
        title = rule.title_of(objects[0].key) if rule and objects else None
        yield replace(unit, title=title or unit.title, client_metadata=metadata), objects


def _plain_cells(number: int, cells: Mapping[str, Any], faults: list[str]) -> dict[str, Any]:
    plain = {}
    for column, value in cells.items():
        try:
            plain[column] = _plain(value)
        except ValueError as error:
            faults.append(f"row {number}: column {column!r}: {error}")
    return plain


def _plain(value: Any) -> Any:  # noqa: ANN401 - what a column holds
    """Return *value* as JSON has it."""
    if isinstance(value, Mapping):
        return {str(name): _plain(own) for name, own in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(own) for own in value]
    if isinstance(value, Decimal):
        is_whole = value.is_finite() and value == value.to_integral_value()
        return int(value) if is_whole else _plain(float(value))
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is not a number that JSON has")
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (UUID, date, time)):
        return str(value) if isinstance(value, UUID) else value.isoformat()
    raise ValueError(f"JSON has no {type(value).__name__}")

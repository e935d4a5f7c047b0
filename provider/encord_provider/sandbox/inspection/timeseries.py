"""A time series: CSV with a header, a column of times and columns of numbers."""

import csv

from encord_provider.sandbox.cloud import ObjectReader
from encord_provider.sandbox.inspection.facts import Facts, Refused
from encord_provider.sandbox.inspection.text import decoded_text

_LEAST_COLUMNS = 2  # the times and one channel


def inspect_timeseries(reader: ObjectReader) -> Facts:
    """Check that a CSV is a table: named columns, rows of one length, numbers in every channel.

    Raises:
        Refused: It is no text, or not such a table.

    """
    header, *rows = [row for row in csv.reader(decoded_text(reader).splitlines()) if row] or [[]]
    if len(header) < _LEAST_COLUMNS or not all(name.strip() for name in header):
        raise Refused("Expected a time series: a CSV whose header names the times and at least one channel")
    if not rows:
        raise Refused("The time series has no rows")
    for number, row in enumerate(rows, start=1):
        _check(row, number, header)
    return Facts(mime_type="text/csv", file_size=reader.size)


def _check(row: list[str], number: int, header: list[str]) -> None:
    if len(row) != len(header):
        raise Refused(f"Row {number} of the time series has {len(row)} cells, its header {len(header)}")
    for name, cell in zip(header[1:], row[1:], strict=True):
        if not _is_number(cell):
            raise Refused(f"Row {number} of the time series has no number in channel '{name}'")


def _is_number(cell: str) -> bool:
    """Whether a channel may hold *cell*: a number, or nothing where a sample is missing."""
    try:
        float(cell or 0)
    except ValueError:
        return False
    return True

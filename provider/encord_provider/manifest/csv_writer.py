"""Units to a manifest in CSV: no flags, no custom metadata, five kinds."""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from encord_provider.errors import BadManifest
from encord_provider.manifest.csv_form import (
    TITLE_HEADINGS,
    headings_of,
    is_group,
    row_of,
    unsayable,
)
from encord_provider.manifest.json_writer import Written
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.limits import Limits
from encord_provider.manifest.units import Unit

_ORDER: Final = (Kind.VIDEO, Kind.IMAGE, Kind.IMAGE_GROUP, Kind.IMAGE_SEQUENCE, Kind.DICOM_SERIES)


def write_csv(
    units: Iterable[Unit], out: BinaryIO, limits: Limits | None = None, name: str = "manifest"
) -> Written:
    """Write a manifest of *units* in CSV: a section for each kind, single files first.

    Holds the units in memory, which the limit of rows keeps few.

    Raises:
        BadManifest: All units that a CSV cannot say, or more rows than Encord takes.

    """
    held = list(units)
    faults = list(_faults(held, limits or Limits()))
    if faults:
        raise BadManifest(name, faults)
    text = io.StringIO(newline="")
    rows = csv.writer(text)  # CRLF and quotes where needed, as RFC 4180 says
    columns = 3 if any(unit.kind is Kind.IMAGE_SEQUENCE for unit in held) else 2
    for kinds in _sections():
        section = [unit for unit in held if unit.kind in kinds]
        if section:
            width = 3 if Kind.IMAGE_GROUP in kinds else columns
            rows.writerow(headings_of(section[0].kind, columns=width))
            rows.writerows(row_of(unit, url, columns=width) for unit in section for url in unit.urls)
    try:
        content = text.getvalue().encode()
    except UnicodeEncodeError as error:
        raise BadManifest(name, [f"half a character in a text, which UTF-8 cannot say: {error}"]) from error
    out.write(content)
    digest = hashlib.sha256(content).hexdigest()[:32]
    return Written(len(held), sum(len(unit.urls) for unit in held), len(content), digest)


def _sections() -> Iterator[set[Kind]]:
    """Yield the kinds that share a heading, in the order in which they are written."""
    headings = dict.fromkeys(TITLE_HEADINGS[kind] for kind in _ORDER)
    for heading in headings:
        yield {kind for kind in _ORDER if TITLE_HEADINGS[kind] == heading}


def _faults(units: list[Unit], limits: Limits) -> Iterator[str]:
    titles: set[tuple[str, str]] = set()
    for unit in units:
        lost = unsayable(unit)
        if lost:
            yield f"{unit.title}: a CSV has no place for {lost}; write JSON"
        elif is_group(unit.kind):
            grouping = (TITLE_HEADINGS[unit.kind], unit.title)
            if grouping in titles:
                yield f"{unit.title}: two groups of one title would be one in a CSV; give another title"
            titles.add(grouping)
    rows = sum(len(unit.urls) for unit in units)
    if rows > limits.csv_entries:
        yield f"{rows} rows, Encord takes {limits.csv_entries}; split the manifest, or write JSON"

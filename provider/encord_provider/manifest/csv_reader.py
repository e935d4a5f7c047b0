"""A manifest in CSV as a stream of readings."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final
from urllib.parse import urlsplit

from encord_provider.manifest.csv_form import (
    CREATE_VIDEO_HEADING,
    KINDS_BY_HEADING,
    TITLE_HEADINGS,
    URL_HEADING,
    heading,
    is_group,
)
from encord_provider.manifest.faults import Fault, Severity, faults_of
from encord_provider.manifest.json_writer import Flags
from encord_provider.manifest.kinds import IMAGE_GROUPS, Kind, kind_of
from encord_provider.manifest.limits import Limits
from encord_provider.manifest.object_urls import note_on
from encord_provider.manifest.readings import Place, Reading
from encord_provider.manifest.units import Unit

_URL: Final = heading(URL_HEADING)
_CREATE_VIDEO: Final = heading(CREATE_VIDEO_HEADING)
_HEADER: Final = (
    f"begin with a header of {URL_HEADING} and one of {', '.join(dict.fromkeys(TITLE_HEADINGS.values()))}"
)

_SEPARATORS: Final = re.compile("[;\t|]")
"""What some programs write between cells in place of commas."""

_BOOLEANS: Final = {"true": True, "": True, "false": False}
"""What a cell under ``Create video`` means; blank is true, the opposite of JSON's default."""


@dataclass(frozen=True)
class _Section:
    """What the last header said: its kind, and where the cells of a row stand."""

    kind: Kind
    url: int
    title: int | None = None
    create_video: int | None = None

    def cell(self, row: Sequence[str], column: int | None) -> str:
        return row[column] if column is not None and column < len(row) else ""


@dataclass
class _Row:
    """The cells of a row, and what is wrong with them."""

    url: str
    title: str
    line: int
    create_video: bool = False
    faults: list[Fault] = field(default_factory=list)

    def fault(self, rule: str, problem: str, remedy: str, severity: Severity = Severity.ERROR) -> None:
        self.faults.append(Fault(self.title, rule, problem, remedy, "", self.line, severity))


@dataclass
class _Group:
    """The rows of one title, so far."""

    kind: Kind
    title: str
    line: int
    urls: list[str] = field(default_factory=list)
    create_video: set[bool] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)


class CsvReader:
    """Read a manifest once: single files as they come, groups, which have rows anywhere, at the end.

    Headers are taken in any case and any order of columns, as often as they come. Reads a byte order mark, and
    line breaks of any system.
    """

    def __init__(self, stream: BinaryIO, limits: Limits | None) -> None:
        self.limits = limits
        self.faults: list[Fault] = []
        """Faults of the file, so far."""
        self.flags = Flags(skip_duplicate_urls=False)
        """A CSV has none, so all are false."""
        self.rows = 0
        """Rows that are neither header nor blank, so far."""
        self._section: _Section | None = None
        self._groups: dict[tuple[str, str], _Group] = {}
        self._lines = io.TextIOWrapper(stream, "utf-8-sig", newline="")
        self.size = 0
        """Bytes; known at the end."""

    def __iter__(self) -> Iterator[Reading]:
        """Yield one reading for every unit, and for every row that makes none."""
        reader = csv.reader(self._lines, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                is_open = "unexpected end" in str(error)
                problem = "a quote opens a cell here, and none closes it" if is_open else str(error)
                self._fault("CSV", f"{problem}; nothing after it was read", "mend the file", line)
                break
            except UnicodeDecodeError as error:
                at = line + error.object[: error.start].count(b"\n")
                problem = f"not UTF-8: {error.reason}; nothing from line {line} on was read"
                self._fault("UTF-8", problem, "save the file as UTF-8", at)
                break
            if _is_header(row):
                self._begin(row, line)
            elif any(row):
                yield from self._row(row, line)
        for group in self._groups.values():
            yield self._grouped(group)
        self._judge_file()
        self.size = self._lines.detach().tell()

    def _begin(self, header: list[str], line: int) -> None:
        """Take a header: the rows after it are of its kind."""
        names = [heading(cell) for cell in header]
        titles = [column for column, name in enumerate(names) if name in KINDS_BY_HEADING]
        others = [name for name in names if name and name not in (_URL, _CREATE_VIDEO, *KINDS_BY_HEADING)]
        if others or len(titles) > 1 or len(set(names)) < len(names):
            problem = f"the headings {', '.join(header)} are not those of one kind"
            self._fault("CSV header", problem, f"{_HEADER}; other kinds are listed in JSON", line)
        create_video = names.index(_CREATE_VIDEO) if _CREATE_VIDEO in names else None
        if titles:
            kind = KINDS_BY_HEADING[names[titles[0]]]
            self._section = _Section(kind, names.index(_URL), titles[0], create_video)
        elif others or create_video is not None:
            self._section = None  # nothing tells the kind
        else:
            self._section = _Section(Kind.VIDEO, names.index(_URL))

    def _row(self, cells: list[str], line: int) -> Iterator[Reading]:
        self.rows += 1
        section = self._section
        if section is None:
            row = _Row("", "", line)
            found = _SEPARATORS.findall(cells[0]) if len(cells) == 1 else []
            if found:
                problem = f"no header tells the kind; {found[0]!r} seems to separate the cells"
                row.fault("CSV header", problem, "separate them by commas")
            else:
                row.fault("CSV header", "no header tells the kind", _HEADER)
            yield Reading(Place("", line), None, tuple(row.faults))
            return
        row = _Row(section.cell(cells, section.url), section.cell(cells, section.title), line)
        width = 1 + max(section.url, section.title or 0, section.create_video or 0)
        if any(cells[width:]):
            row.fault("CSV", f"{len(cells)} cells, and {width} headings", "quote cells that hold commas")
        self._read_create_video(section, section.cell(cells, section.create_video), row)
        if section.kind in IMAGE_GROUPS and not row.title:
            row.fault("title", "no title, which is what makes the rows of a group one", "write one")
            yield Reading(Place("", line), None, tuple(row.faults))
            return
        if not row.title:
            row.title = file_name(row.url)
            row.fault("title", "no title: the file's name is used", "write one", Severity.NOTE)
        if is_group(section.kind):
            self._join(section, row)
        else:
            unit = Unit(_kind_of_row(section, row), row.title, (row.url,))
            yield self._judged(unit, Place(row.title, line), row.faults)

    def _read_create_video(self, section: _Section, cell: str, row: _Row) -> None:
        """Read the cell that tells a sequence from a group; other rows must say false where there is a column."""
        value = _BOOLEANS.get(cell.strip().casefold())
        row.create_video = bool(value)
        if value is None:
            row.fault("createVideo", f"Create video is {cell!r:.80}", "write true or false")
        elif section.create_video is None and section.kind in IMAGE_GROUPS:
            problem = "no column Create video, which is true: an image sequence"
            row.fault("createVideo", problem, "add the column", Severity.NOTE)
        elif value and section.create_video is not None and section.kind not in IMAGE_GROUPS:
            problem = "Create video must say false for what is no image sequence"
            row.fault("createVideo", problem, "write false", Severity.MENDED)

    def _join(self, section: _Section, row: _Row) -> None:
        """Put a row to the others of its title."""
        key = (TITLE_HEADINGS[section.kind], row.title)
        group = self._groups.setdefault(key, _Group(section.kind, row.title, row.line))
        group.urls.append(row.url)
        group.create_video.add(row.create_video)
        group.faults += row.faults

    def _grouped(self, group: _Group) -> Reading:
        kind = group.kind
        if kind in IMAGE_GROUPS:
            kind = Kind.IMAGE_SEQUENCE if True in group.create_video else Kind.IMAGE_GROUP
            if len(group.create_video) > 1:
                problem = "Create video differs between the rows of one title"
                group.faults.append(Fault(group.title, "createVideo", problem, "make it one", "", group.line))
        unit = Unit(kind, group.title, tuple(group.urls))
        return self._judged(unit, Place(group.title, group.line), group.faults, rows=len(group.urls))

    def _judged(self, unit: Unit, place: Place, faults: list[Fault], rows: int = 1) -> Reading:
        found = tuple(
            Fault(fault.unit, fault.rule, fault.problem, fault.remedy, "", place.line)
            for fault in (faults_of(unit, self.limits) if self.limits else ())
        )
        notes = (note_on(url) for url in unit.urls)
        note = next((text for text in notes if text), None) if self.limits else None
        if note:
            remedy = "see the forms of URLs in the reference"
            found += (Fault(unit.title, "URL form", note, remedy, "", place.line, Severity.NOTE),)
        return Reading(place, unit, tuple(faults) + found, rows)

    def _judge_file(self) -> None:
        if not self.rows and self._section is None and not self.faults:
            self._fault("CSV header", "neither a header nor a row", _HEADER, 1)
        if self.limits and self.rows > self.limits.csv_entries:
            problem = f"{self.rows} rows, Encord takes {self.limits.csv_entries}"
            self.faults.append(Fault("", "CSV entries", problem, "split the file, or write JSON"))

    def _fault(self, rule: str, problem: str, remedy: str, line: int) -> None:
        self.faults.append(Fault("", rule, problem, remedy, "", line))


def _is_header(row: list[str]) -> bool:
    """Tell a header from a row whose title is a heading's name: a row has a URL."""
    return any(heading(cell) == _URL for cell in row) and not any("://" in cell for cell in row)


def _kind_of_row(section: _Section, row: _Row) -> Kind:
    """Return the kind of a single file: what its heading says, or what its name does, when CSV has that kind."""
    found = kind_of(_path(row.url))
    if found is None or found is section.kind:
        return section.kind
    heading_of_kind = TITLE_HEADINGS[section.kind]
    problem = f"{row.url:.200} is named like a file of kind {found}, and stands under {heading_of_kind}"
    if found in (Kind.VIDEO, Kind.IMAGE):
        row.fault(
            "kind", problem, f"put it under {TITLE_HEADINGS[found]}; it is read as one", Severity.MENDED
        )
        return found
    row.fault("kind", problem, "list it in JSON, or rename it")
    return section.kind


def file_name(url: str) -> str:
    """Return the name of the file behind *url*: the title that a CSV gives where there is none."""
    return _path(url).rpartition("/")[2] or url


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return url

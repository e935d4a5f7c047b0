"""Write and read are each other's inverse in every form, and no input is a crash or a silent loss."""

import contextlib
import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from encord_provider.errors import BadManifest
from encord_provider.manifest.csv_reader import CsvReader
from encord_provider.manifest.csv_writer import write_csv
from encord_provider.manifest.external import entry_of
from encord_provider.manifest.faults import Severity
from encord_provider.manifest.json_reader import JsonReader
from encord_provider.manifest.json_writer import Dialect, Flags, write_json
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.layout import encode, entry_bytes, text_of
from encord_provider.manifest.limits import Limits
from encord_provider.manifest.media_metadata import (
    DICOM_TAGS,
    AudioMetadata,
    DicomMetadata,
    ImageMetadata,
    MediaMetadata,
    PdfMetadata,
    TextMetadata,
    VideoMetadata,
)
from encord_provider.manifest.readings import Reading
from encord_provider.manifest.spellings import ENTRY_KEYS, FLAGS, KINDS_BY_KEY
from encord_provider.manifest.typed import typed_entry_of
from encord_provider.manifest.units import File, Unit
from tests.property.strategies import json_texts, json_values, metadata, titles, urls

CASES = 10_000
"""Cases of the slow run, for each reader."""

COUNTS = st.integers(1, 2**40)
LENGTHS = st.floats(0.001, 1e6)
WORDS = st.text("abcdefghij/-", min_size=1, max_size=12)
IMAGES = st.builds(ImageMetadata, WORDS, COUNTS, COUNTS, COUNTS)
MEDIA: dict[Kind, st.SearchStrategy[MediaMetadata]] = {
    Kind.VIDEO: st.builds(VideoMetadata, LENGTHS, LENGTHS, COUNTS, COUNTS, COUNTS, WORDS),
    Kind.IMAGE: IMAGES,
    Kind.AUDIO: st.builds(AudioMetadata, LENGTHS, COUNTS, WORDS, COUNTS, COUNTS, WORDS, COUNTS),
    Kind.PDF: st.builds(PdfMetadata, COUNTS, COUNTS),
    Kind.TEXT: st.builds(TextMetadata, COUNTS, WORDS),
    Kind.IMAGE_GROUP: IMAGES,
    Kind.IMAGE_SEQUENCE: IMAGES,
    Kind.DICOM_SERIES: st.fixed_dictionaries(
        dict.fromkeys(sorted(DICOM_TAGS), st.none() | st.just({"vr": "LO", "Value": ["x"]}))
    ).map(DicomMetadata),
}
GROUPED = (Kind.IMAGE_GROUP, Kind.IMAGE_SEQUENCE, Kind.DICOM_SERIES)
FREE = metadata.map(lambda found: {k: v for k, v in found.items() if k not in ("$encord", "keyframes")})


@st.composite
def whole_units(draw: st.DrawFn, *, of_frames: bool) -> Unit:
    """Draw a unit of any kind with anything its kind can have."""
    kind = draw(st.sampled_from(Kind))
    title, free = draw(titles), draw(FREE)
    if kind is Kind.SCENE:
        scene = {"url": draw(urls), "format": "pcd", "more": draw(json_values)}
        return Unit(kind, title, (), client_metadata=free, scene=scene)
    if kind in (Kind.IMAGE_GROUP, Kind.IMAGE_SEQUENCE) and draw(st.booleans()):
        items = tuple(str(item) for item in draw(st.lists(st.uuids(), min_size=1, max_size=3)))
        return Unit(kind, title, (), client_metadata=free, items=items)
    count = draw(st.integers(1, 12)) if kind in GROUPED else 1
    files: tuple[File, ...] = ()
    if kind in MEDIA and (of_frames or kind not in GROUPED) and draw(st.booleans()):
        names = st.none() | titles if of_frames and kind in GROUPED else st.none()
        files = tuple(File(draw(names), draw(MEDIA[kind])) for _ in range(count))
    settings_ = (
        {"channels": {draw(titles): {"style": "line", "lineWidth": 2}}} if kind is Kind.TIME_SERIES else None
    )
    members = tuple(draw(urls) for _ in range(count))
    return Unit(kind, title, members, client_metadata=free, files=files, settings=settings_)


def by_list(units: list[Unit], key_of: Callable[[Unit], str]) -> list[Unit]:
    """Put units into the order of a file: by list, lists by their first unit."""
    lists: dict[str, list[Unit]] = {}
    for unit in units:
        lists.setdefault(key_of(unit), []).append(unit)
    return [unit for entries in lists.values() for unit in entries]


def list_of(unit: Unit) -> str:
    """Name the list of a unit, in no dialect's words."""
    return "items" if unit.items else unit.kind.replace("sequence", "group")


@pytest.mark.parametrize("dialect", list(Dialect))
@given(data=st.data(), flags=st.builds(Flags, st.booleans(), st.booleans()))
def test_json_is_read_back_as_it_was_written_with_nothing_to_tell(
    dialect: Dialect, data: st.DataObject, flags: Flags
) -> None:
    units = data.draw(st.lists(whole_units(of_frames=dialect is Dialect.TYPED), max_size=6))
    out = io.BytesIO()
    written = write_json(units, out, flags, dialect)
    reader = JsonReader(io.BytesIO(out.getvalue()), Limits())

    readings = list(reader)

    assert [reading.unit for reading in readings] == by_list(units, list_of)
    assert reader.flags == flags
    assert all(reading.is_good for reading in readings)
    assert written.size == len(out.getvalue()) == reader.size
    assert (written.units, written.urls) == (len(units), sum(len(unit.urls) for unit in units))


CSV_KINDS = (Kind.VIDEO, Kind.IMAGE, Kind.IMAGE_GROUP, Kind.IMAGE_SEQUENCE, Kind.DICOM_SERIES)
CSV_UNITS = st.lists(
    st.builds(
        lambda kind, title, members: Unit(kind, title, tuple(members if kind in GROUPED else members[:1])),
        st.sampled_from(CSV_KINDS),
        titles,
        st.lists(urls.map(lambda url: url.rstrip(".") + "/x"), min_size=1, max_size=5),
    ),
    max_size=8,
    unique_by=lambda unit: unit.title,
)


@example([Unit(Kind.VIDEO, "ObjectURL", ("https://b.example.com/a.mp4",))])
@given(CSV_UNITS)
def test_csv_is_read_back_as_it_was_written_with_nothing_to_tell(units: list[Unit]) -> None:
    out = io.BytesIO()
    write_csv(units, out)
    reader = CsvReader(io.BytesIO(out.getvalue()), Limits())

    readings = list(reader)

    sections = [list_of(Unit(kind, "", ())) for kind in CSV_KINDS]
    expected = sorted(units, key=lambda unit: sections.index(list_of(unit)))
    assert [reading.unit for reading in readings] == expected
    assert [fault for reading in readings for fault in reading.faults] == []
    assert sum(reading.rows for reading in readings) == reader.rows == sum(len(unit.urls) for unit in units)


ANYTHING = json_values | st.text(max_size=20) | st.floats()
KEYS = st.sampled_from(sorted(ENTRY_KEYS)) | st.integers(0, 4).map("objectUrl_{}".format) | json_texts
ENTRIES = st.dictionaries(
    KEYS, ANYTHING | urls | st.lists(st.dictionaries(KEYS, ANYTHING, max_size=4)), max_size=6
)
NEARLY_RIGHT = st.builds(
    lambda entry, more: {**more, **entry},
    whole_units(of_frames=False).map(entry_of) | whole_units(of_frames=True).map(typed_entry_of),
    st.dictionaries(KEYS, urls | st.lists(st.fixed_dictionaries({"url": urls})) | ANYTHING, max_size=1),
)
DOCUMENTS = st.dictionaries(
    st.sampled_from([*sorted(KINDS_BY_KEY), *FLAGS, "movies"]),
    st.lists(NEARLY_RIGHT | ENTRIES | ANYTHING, max_size=4) | ANYTHING,
)


SPOILS = [b"", b",", b"}", b"]", b'"', b"\\", b"\xff", b"\0", b"NaN", b"[", b"{", b"\xef\xbb\xbf"]


@st.composite
def json_files(draw: st.DrawFn) -> bytes:
    """Draw what looks like a manifest, cut, spliced or spoilt."""
    content = json.dumps(draw(DOCUMENTS), indent=draw(st.sampled_from([None, 1]))).encode()
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(st.sampled_from(SPOILS)) + content[at + draw(st.integers(0, 2)) :]
    return content


def accounted(readings: list[Reading]) -> bool:
    """Tell whether every reading is a unit, or says why it is none."""
    return all(
        reading.unit is not None or any(fault.severity is Severity.ERROR for fault in reading.faults)
        for reading in readings
    )


NO_JSON = {"JSON", "JSON depth", "UTF-8", "trailing comma"}


def read_any_json(content: bytes) -> None:
    """Expect of any bytes: units or faults, for every entry that a plain reader of JSON finds."""
    reader = JsonReader(io.BytesIO(content), Limits())
    readings = list(reader)
    assert accounted(readings)
    for fault in [*reader.faults, *(fault for reading in readings for fault in reading.faults)]:
        assert fault.source
        json.loads(fault.to_json())
    try:
        document: Any = json.loads(content.decode("utf-8-sig"), object_pairs_hook=Pairs)
    except (ValueError, RecursionError):
        assert {fault.rule for fault in all_faults(reader, readings)} & NO_JSON
        return
    begins = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if begins == b"{":
        listed = [(key, entry) for key, value in document if type(value) is list for entry in value]
        assert [reading.place.path.rpartition("[")[0] for reading in readings] == [key for key, _ in listed]
        for reading, (_, entry) in zip(readings, listed, strict=True):
            if all(fault.severity is Severity.NOTE for fault in reading.faults):
                assert told_by(entry) <= kept_in(reading.unit)


UNSAID = {"createVideo", "create_video", "externalFileType", "external_file_type", *FLAGS}
"""Keys of an entry whose values are in the unit's kind, or are known to do nothing."""


class Pairs(list[tuple[str, Any]]):
    """A JSON object with all its keys, those that stand twice as well."""


def told_by(entry: Pairs) -> set[str]:
    """Return everything that an entry says, however it is nested."""
    return {leaf for key, value in entry if key not in UNSAID for leaf in leaves(value)}


def kept_in(unit: Unit | None) -> set[str]:
    """Return everything that a unit says."""
    assert unit is not None
    return set(leaves(asdict(unit)))


def leaves(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """Yield all that is not null in a JSON value; numbers that are equal are spelled the same."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, Pairs):
        value = [inner for _, inner in value]
    if isinstance(value, (list, tuple)):
        for inner in value:
            yield from leaves(inner)
    elif isinstance(value, float):
        yield repr(int(value)) if value.is_integer() else repr(value)
    elif value is not None:
        yield str(value)


def all_faults(reader: JsonReader, readings: list[Reading]) -> list[Any]:
    """Return the faults of file and entries."""
    return [*reader.faults, *(fault for reading in readings for fault in reading.faults)]


CELLS = (
    st.text('a,"\n\r;é x', max_size=6)
    | urls
    | st.sampled_from(["true", "false", "", "ObjectUrl", "Image title"])
)
HEADERS = st.sampled_from(
    [
        ["ObjectUrl"],
        ["ObjectURL", "Video title"],
        ["objecturl", "image title", "create video"],
        ["ObjectUrl", "Image group title", "Create video"],
        ["Series title", "ObjectUrl"],
        ["ObjectUrl", "Colour"],
    ]
)


@st.composite
def csv_files(draw: st.DrawFn) -> bytes:
    """Draw a CSV, whole or spoilt."""
    rows = draw(st.lists(HEADERS | st.lists(CELLS, min_size=1, max_size=4), max_size=8))
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    content = text.getvalue().encode()
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(st.sampled_from([b'"', b"\xff", b"\0", b"\r", b","])) + content[at:]
    return content


def is_header(row: list[str]) -> bool:
    """Tell a header by its column of URLs, and by no URL in it."""
    headings = ["".join(cell.split()).casefold() for cell in row]
    return "objecturl" in headings and not any("://" in cell for cell in row)


def read_any_csv(content: bytes) -> None:
    """Expect of any bytes: units or faults, and every row that a plain reader of CSV finds in one of them."""
    reader = CsvReader(io.BytesIO(content), Limits())
    readings = list(reader)
    assert accounted(readings)
    try:
        lines = io.StringIO(content.decode("utf-8-sig"), newline="")
        found = [row for row in csv.reader(lines, strict=True) if any(row)]
    except (UnicodeDecodeError, csv.Error):
        assert {fault.rule for fault in reader.faults} & {"CSV", "CSV header", "UTF-8"}
        return
    rows = [row for row in found if not is_header(row)]
    refused = sum(reading.unit is None for reading in readings)
    urls = Counter(url for reading in readings if reading.unit for url in reading.unit.urls)
    assert urls.total() + refused == len(rows) == reader.rows == sum(reading.rows for reading in readings)
    assert all(urls[url] <= sum(url in {*row, ""} for row in rows) for url in urls)


@given(json_files())
def test_any_json_is_units_or_faults(content: bytes) -> None:
    read_any_json(content)


@given(csv_files())
def test_any_csv_is_units_or_faults(content: bytes) -> None:
    read_any_csv(content)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=CASES)
@given(json_files() | st.binary())
def test_ten_thousand_files_of_json_are_units_or_faults(content: bytes) -> None:
    read_any_json(content)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=CASES)
@given(csv_files() | st.binary())
def test_ten_thousand_files_of_csv_are_units_or_faults(content: bytes) -> None:
    read_any_csv(content)


@given(whole_units(of_frames=False))
def test_the_short_way_to_the_text_of_a_unit_gives_the_same_text_as_the_long_one(unit: Unit) -> None:
    assert text_of(unit) == encode(entry_of(unit))
    assert entry_bytes(unit) == len(f"{text_of(unit)},\n".encode())


@given(whole_units(of_frames=True))
def test_what_the_documented_json_cannot_say_is_refused_and_not_lost(unit: Unit) -> None:
    out = io.BytesIO()
    with contextlib.suppress(BadManifest):
        write_json([unit], out)
        (reading,) = JsonReader(io.BytesIO(out.getvalue()), Limits())
        assert reading.unit == unit

"""Write and read are each other's inverse in every form, and no input is a crash or a silent loss."""

import contextlib
import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
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
DOCUMENTS = st.dictionaries(
    st.sampled_from([*sorted(KINDS_BY_KEY), *FLAGS, "movies"]),
    st.lists(ENTRIES | ANYTHING, max_size=4) | ANYTHING,
)


SPOILS = [b"", b",", b"}", b"]", b'"', b"\\", b"\xff", b"\0", b"NaN", b"[", b"{", b"\xef\xbb\xbf"]


@st.composite
def json_files(draw: st.DrawFn) -> bytes:
    """Draw what looks like a manifest, cut, spliced or spoilt."""
    content = json.dumps(draw(DOCUMENTS), indent=draw(st.sampled_from([None, 1]))).encode()
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(content)))
        insert = draw(
            st.sampled_from(
                [b"", b",", b"}", b"]", b'"', b"\\", b"\xff", b"\0", b"NaN", b"[", b"{", b"\xef\xbb\xbf"]
            )
        )
        content = content[:at] + insert + content[at + draw(st.integers(0, 2)) :]
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
        document: Any = json.loads(content.decode("utf-8-sig"), object_pairs_hook=lambda pairs: pairs)
    except (ValueError, RecursionError):
        assert {fault.rule for fault in all_faults(reader, readings)} & NO_JSON
        return
    begins = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if begins == b"{":
        listed = sum(len(value) for _, value in document if is_list(value))
        assert len(readings) == listed


def all_faults(reader: JsonReader, readings: list[Reading]) -> list[Any]:
    """Return the faults of file and entries."""
    return [*reader.faults, *(fault for reading in readings for fault in reading.faults)]


def is_list(value: object) -> bool:
    """Tell a JSON list from an object, which is read as a list of pairs; an empty one counts nothing either way."""
    return isinstance(value, list) and not all(isinstance(entry, tuple) for entry in value)


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
def csv_files(draw: st.DrawFn) -> tuple[bytes, bool]:
    """Draw a CSV, and whether it is whole."""
    rows = draw(st.lists(HEADERS | st.lists(CELLS, min_size=1, max_size=4), max_size=8))
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    content = text.getvalue().encode()
    spoils = draw(st.integers(0, 2))
    for _ in range(spoils):
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(st.sampled_from([b'"', b"\xff", b"\0", b"\r", b","])) + content[at:]
    return content, not spoils


def read_any_csv(content: bytes, *, whole: bool) -> None:
    """Expect of any bytes: units or faults, and of a whole file every row in one of them."""
    reader = CsvReader(io.BytesIO(content), Limits())
    readings = list(reader)
    assert accounted(readings)
    assert sum(reading.rows for reading in readings) == reader.rows
    if whole:
        rows = [row for row in csv.reader(io.StringIO(content.decode(), newline="")) if any(row)]
        headers = [
            row for row in rows if any("".join(cell.split()).casefold() == "objecturl" for cell in row)
        ]
        assert reader.rows == len(rows) - len(headers)


@given(json_files())
def test_any_json_is_units_or_faults(content: bytes) -> None:
    read_any_json(content)


@given(csv_files())
def test_any_csv_is_units_or_faults(drawn: tuple[bytes, bool]) -> None:
    content, whole = drawn
    read_any_csv(content, whole=whole)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=CASES)
@given(json_files() | st.binary())
def test_ten_thousand_files_of_json_are_units_or_faults(content: bytes) -> None:
    read_any_json(content)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=CASES)
@given(csv_files() | st.tuples(st.binary(), st.just(False)))
def test_ten_thousand_files_of_csv_are_units_or_faults(drawn: tuple[bytes, bool]) -> None:
    content, whole = drawn
    read_any_csv(content, whole=whole)


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

"""The CSV that Encord documents, read as its pages say and written strictly."""

import io

import pytest

from encord_provider.errors import BadManifest
from encord_provider.manifest.csv_reader import CsvReader
from encord_provider.manifest.csv_writer import write_csv
from encord_provider.manifest.faults import Fault, Severity
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.limits import Limits
from encord_provider.manifest.readings import Reading
from encord_provider.manifest.units import Unit

SEVERAL_TYPES = """ObjectUrl,Image group title,Create video
path/to/frame1.jpg,Sequence 1,true
path/to/frame2.jpg,Sequence 1,true
path/to/frame3.jpg,Sequence 2,true
path/to/frame4.jpg,Sequence 2,true
path/to/frame5.jpg,Group 1,false
path/to/frame6.jpg,Group 1,false
ObjectUrl,Image title,Create video
path/to/frame1.jpg,Image 1,false
ObjectUrl,Image title,Create video
path/to/video.mp4,Video 1,false
"""
"""The form of the documentation's example: two sequences, a group, an image and a video under a wrong heading."""


def read(text: str | bytes, limits: Limits | None = None) -> tuple[list[Reading], list[Fault]]:
    """Read a CSV; return its readings and the faults of the file."""
    content = text.encode() if isinstance(text, str) else text
    reader = CsvReader(io.BytesIO(content), limits or Limits())
    return list(reader), reader.faults


def units(text: str | bytes) -> list[Unit]:
    """Return the units of a CSV whose entries are all good."""
    readings, _ = read(text)
    assert all(reading.is_good for reading in readings), readings
    return [reading.unit for reading in readings if reading.unit]


def told(text: str, severity: Severity = Severity.ERROR) -> list[tuple[str, int | None]]:
    """Return rule and line of the faults of a CSV."""
    readings, faults = read(text)
    found = [*faults, *(fault for reading in readings for fault in reading.faults)]
    return [(f.rule, f.line) for f in found if f.severity is severity and f.rule != "URL form"]


def test_the_example_of_several_types_gives_the_units_that_its_page_describes() -> None:
    assert sorted((unit.kind, unit.title, len(unit.urls)) for unit in units(SEVERAL_TYPES)) == [
        (Kind.IMAGE, "Image 1", 1),
        (Kind.IMAGE_GROUP, "Group 1", 2),
        (Kind.IMAGE_SEQUENCE, "Sequence 1", 2),
        (Kind.IMAGE_SEQUENCE, "Sequence 2", 2),
        (Kind.VIDEO, "Video 1", 1),
    ]
    assert told(SEVERAL_TYPES, Severity.MENDED) == [("kind", 11)]


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_breaks_of_any_system_and_a_byte_order_mark_are_read(break_: str, mark: bytes) -> None:
    content = mark + SEVERAL_TYPES.replace("\n", break_).encode()

    assert len(units(content)) == 5


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("ObjectURL,Video title", Kind.VIDEO),
        ("objecturl,VIDEO TITLE", Kind.VIDEO),
        (" ObjectUrl , image Title", Kind.IMAGE),
        ("ObjectUrl,Series title", Kind.DICOM_SERIES),
        ("ObjectUrl,Dicom title", Kind.DICOM_SERIES),
        ("ObjectUrl,Image group title", Kind.IMAGE_SEQUENCE),
    ],
)
def test_headings_are_read_in_any_case_and_under_both_names(header: str, kind: Kind) -> None:
    assert [(unit.kind, unit.title) for unit in units(f"{header}\nhttps://b/a,t\n")] == [(kind, "t")]


def test_columns_are_read_in_any_order() -> None:
    text = "Create video,Image group title,ObjectUrl\nfalse,g,https://b/a\nFALSE,g,https://b/b\n"

    assert units(text) == [Unit(Kind.IMAGE_GROUP, "g", ("https://b/a", "https://b/b"))]


def test_a_single_column_is_a_list_of_videos() -> None:
    assert [(u.kind, u.title) for u in units("ObjectUrl\nhttps://b/x/a.mp4\n")] == [(Kind.VIDEO, "a.mp4")]


def test_another_file_in_a_list_of_videos_is_told_of() -> None:
    assert told("ObjectUrl\nhttps://b/a.jpg\n", Severity.MENDED) == [("kind", 2)]
    assert told("ObjectUrl\nhttps://b/a.dcm\n") == [("kind", 2)]


@pytest.mark.parametrize(("cell", "kind"), [("", Kind.IMAGE_SEQUENCE), ("TRUE", Kind.IMAGE_SEQUENCE)])
def test_a_blank_create_video_is_true(cell: str, kind: Kind) -> None:
    (unit,) = units(f"ObjectUrl,Image group title,Create video\nhttps://b/a,g,{cell}\n")

    assert unit.kind is kind


def test_rows_of_one_title_are_one_group_wherever_they_stand() -> None:
    text = "ObjectUrl,Series title\nhttps://b/1,a\nhttps://b/2,b\nObjectUrl\nhttps://b/v.mp4\nObjectUrl,Series title\nhttps://b/3,a\n"

    assert {unit.title: unit.urls for unit in units(text)} == {
        "v.mp4": ("https://b/v.mp4",),
        "a": ("https://b/1", "https://b/3"),
        "b": ("https://b/2",),
    }


def test_titles_that_differ_by_case_are_two_groups() -> None:
    text = "ObjectUrl,Image group title,Create video\nhttps://b/1,a,false\nhttps://b/2,A,false\n"

    assert [unit.title for unit in units(text)] == ["a", "A"]


def test_dicom_files_without_a_title_are_series_of_their_own() -> None:
    text = "ObjectUrl,Series title\nhttps://b/1.dcm,\nhttps://b/2.dcm,\n"

    assert [unit.title for unit in units(text)] == ["1.dcm", "2.dcm"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [("CSV header", 1)]),
        ("\n,\n", [("CSV header", 1)]),
        ("https://b/a,t\n", [("CSV header", 1)]),
        ("ObjectUrl,Colour\nhttps://b/a,red\n", [("CSV header", 1), ("CSV header", 2)]),
        ("ObjectUrl,Image title,Video title\nhttps://b/a,t\n", [("CSV header", 1)]),
        ("ObjectUrl,Create video\nhttps://b/a,false\n", [("CSV header", 2)]),
        ("ObjectUrl,Image title\nhttps://b/a,b,c\n", [("CSV", 2)]),
        ("ObjectUrl,Image group title,Create video\nhttps://b/a,,false\n", [("title", 2)]),
        ("ObjectUrl,Image group title,Create video\nhttps://b/a,g,maybe\n", [("createVideo", 2)]),
        (
            "ObjectUrl,Image group title,Create video\nhttps://b/a,g,true\nhttps://b/b,g,false\n",
            [("createVideo", 2)],
        ),
        ("ObjectUrl,Image title\nhttps://b/a b,t\n", [("URL white space", 2)]),
        ("ObjectUrl,Image title\n,t\n", [("members", 2)]),
        ('ObjectUrl,Image title\nhttps://b/a,"t\n', [("CSV", 2)]),
        ('ObjectUrl,Image title\nhttps://b/a,"t"x\nhttps://b/b,t\n', [("CSV", 2)]),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, found: list[tuple[str, int]]) -> None:
    assert told(text) == found


def test_a_row_that_is_no_sequence_and_does_not_say_false_is_told_of() -> None:
    text = "ObjectUrl,Image title,Create video\nhttps://b/a,t,\n"

    assert told(text, Severity.MENDED) == [("createVideo", 2)]


def test_text_that_is_not_utf_8_is_told_of_with_its_line() -> None:
    _, (fault,) = read(b"ObjectUrl\nhttps://b/a\nhttps://b/\xff\n")

    assert (fault.rule, fault.line) == ("UTF-8", 3)
    assert "nothing from line 1 on was read" in fault.problem


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_cells_that_no_commas_separate_are_told_of(separator: str) -> None:
    ((reading, _), _) = read(f"ObjectUrl{separator}Video title\nhttps://b/a{separator}t\n")

    assert f"{separator!r} seems to separate the cells" in reading.faults[0].problem


def test_a_quote_that_nothing_closes_is_told_of() -> None:
    _, (fault,) = read('ObjectUrl,Video title\n"https://b/a,t\nhttps://b/b,t\n')

    assert (fault.line, fault.problem.partition(",")[0]) == (2, "a quote opens a cell here")


def test_more_rows_than_encord_takes_are_told_of() -> None:
    text = "ObjectUrl\n" + "https://b/a.mp4\n" * 3

    assert read(text, Limits(csv_entries=3))[1] == []
    assert [fault.rule for fault in read(text, Limits(csv_entries=2))[1]] == ["CSV entries"]


def written(*given: Unit, limits: Limits | None = None) -> str:
    """Write units as CSV."""
    out = io.BytesIO()
    write_csv(given, out, limits)
    return out.getvalue().decode()


SINGLE = (Unit(Kind.VIDEO, "v, 1", ("https://b/v.mp4",)), Unit(Kind.IMAGE, "i", ("https://b/i.jpg",)))
GROUPS = (
    Unit(Kind.IMAGE_GROUP, "g", ("https://b/1.jpg",)),
    Unit(Kind.IMAGE_SEQUENCE, "s", ("https://b/1.jpg", "https://b/2.jpg")),
    Unit(Kind.DICOM_SERIES, "d", ("https://b/1.dcm",)),
)


def test_single_files_need_two_columns() -> None:
    assert written(*SINGLE) == (
        'ObjectURL,Video title\r\nhttps://b/v.mp4,"v, 1"\r\nObjectURL,Image title\r\nhttps://b/i.jpg,i\r\n'
    )


def test_with_a_sequence_every_row_says_whether_it_is_one() -> None:
    lines = written(*SINGLE, *GROUPS).splitlines()

    assert [line for line in lines if line.count(",") < 2] == []
    assert all(
        line.endswith(",true") == (",s," in line) for line in lines if not line.startswith("ObjectURL")
    )


def test_what_is_written_is_read_back() -> None:
    assert units(written(*SINGLE, *GROUPS)) == [*SINGLE, *GROUPS]


@pytest.mark.parametrize(
    "unit",
    [
        Unit(Kind.PDF, "p", ("https://b/p.pdf",)),
        Unit(Kind.IMAGE, "i", ("https://b/i.jpg",), client_metadata={"k": 1}),
        Unit(Kind.IMAGE_GROUP, "g", (), items=("0f9c1a52-7a8e-4d59-9f0b-6f4e5a3c2b1d",)),
        Unit(Kind.IMAGE, "\ud800", ("https://b/i.jpg",)),
    ],
)
def test_what_a_csv_has_no_place_for_is_refused(unit: Unit) -> None:
    with pytest.raises(BadManifest):
        written(unit)


def test_all_units_that_have_no_place_are_told_of_at_once() -> None:
    twins = [
        Unit(Kind.IMAGE_GROUP, "g", ("https://b/1.jpg",)),
        Unit(Kind.IMAGE_SEQUENCE, "g", ("https://b/2",)),
    ]

    with pytest.raises(BadManifest) as caught:
        written(Unit(Kind.PDF, "p", ("https://b/p.pdf",)), *twins, limits=Limits(csv_entries=2))

    assert len(caught.value.faults) == 3

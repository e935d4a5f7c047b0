"""A tolerant reader: what is meant is read, and what was wrong about it is told with its place."""

import io
import json
from typing import Any

import pytest

from encord_provider.manifest import json_scanner
from encord_provider.manifest.faults import Fault, Severity
from encord_provider.manifest.json_reader import JsonReader
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.limits import Limits
from encord_provider.manifest.media_metadata import AudioMetadata, ImageMetadata
from encord_provider.manifest.readings import Reading
from encord_provider.manifest.units import Unit

URL = "https://fleet.s3.eu-west-1.amazonaws.com/a"


def read(text: str | bytes | dict[str, Any]) -> tuple[list[Reading], list[Fault]]:
    """Read a manifest; return its readings and the faults of the file."""
    if isinstance(text, dict):
        text = json.dumps(text)
    reader = JsonReader(io.BytesIO(text.encode() if isinstance(text, str) else text), Limits())
    return list(reader), reader.faults


def one(key: str, **entry: Any) -> Reading:
    """Read a manifest of one entry."""
    ((reading,), _) = read({key: [entry], "skip_duplicate_urls": True})
    return reading


def unit_of(reading: Reading) -> Unit:
    """Return the unit of a good reading."""
    assert reading.is_good, reading.faults
    assert reading.unit is not None
    return reading.unit


def rules(reading: Reading, severity: Severity = Severity.ERROR) -> list[str]:
    """Name the rules that an entry breaks so severely."""
    return [fault.rule for fault in reading.faults if fault.severity is severity]


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("videos", Kind.VIDEO),
        ("images", Kind.IMAGE),
        ("audio", Kind.AUDIO),
        ("audios", Kind.AUDIO),
        ("pdf", Kind.PDF),
        ("pdfs", Kind.PDF),
        ("text", Kind.TEXT),
        ("texts", Kind.TEXT),
        ("text_files", Kind.TEXT),
        ("plain_text", Kind.TEXT),
        ("nifti", Kind.NIFTI),
        ("niftis", Kind.NIFTI),
        ("time_series", Kind.TIME_SERIES),
        ("timeSeries", Kind.TIME_SERIES),
    ],
)
def test_a_kind_is_known_under_every_name_that_pages_and_sdk_leave_open(key: str, kind: Kind) -> None:
    assert unit_of(one(key, objectUrl=URL, title="t")) == Unit(kind, "t", (URL,))


@pytest.mark.parametrize("key", ["scene", "scenes"])
def test_a_scene_is_its_streams(key: str) -> None:
    assert unit_of(one(key, title="t", scene={"url": URL, "format": "pcd"})).scene == {
        "url": URL,
        "format": "pcd",
    }


@pytest.mark.parametrize("key", ["images", "image_groups", "dicom_series"])
def test_an_absent_title_is_read_as_the_path_and_noted(key: str) -> None:
    urls = {"objectUrl": URL} if key == "images" else {"objectUrl_0": URL, "createVideo": False}

    reading = one(key, **urls)

    assert unit_of(reading).title == "/a"
    assert rules(reading, Severity.NOTE) == ["title"]


def test_an_absent_create_video_is_read_as_false_and_noted() -> None:
    reading = one("image_groups", title="g", objectUrl_0=URL)

    assert unit_of(reading).kind is Kind.IMAGE_GROUP
    assert rules(reading, Severity.NOTE) == ["createVideo"]


@pytest.mark.parametrize("key", ["videos", "images", "dicom_series"])
def test_create_video_does_nothing_elsewhere(key: str) -> None:
    urls = {"objectUrl_0": URL} if key == "dicom_series" else {"objectUrl": URL}

    assert rules(one(key, title="t", createVideo=True, **urls), Severity.ERROR) == []
    assert unit_of(one(key, title="t", createVideo=True, **urls)).kind is not Kind.IMAGE_SEQUENCE


@pytest.mark.parametrize("name", ["duration", "duration_seconds"])
def test_the_duration_of_a_sound_is_known_under_both_names(name: str) -> None:
    facts = {
        "file_size": 1,
        "mimeType": "audio/wav",
        "sample_rate": 8000,
        "bitDepth": 16,
        "codec": "pcm",
        "num_channels": 1,
    }

    unit = unit_of(one("audio", objectUrl=URL, title="t", audioMetadata={name: 0.5, **facts}))

    assert unit.media == AudioMetadata(0.5, 1, "audio/wav", 8000, 16, "pcm", 1)


@pytest.mark.parametrize("names", [("mimeType", "fileSize"), ("mime_type", "file_size")])
@pytest.mark.parametrize("key", ["imageMetadata", "image_metadata"])
def test_media_metadata_are_known_in_either_case(key: str, names: tuple[str, str]) -> None:
    facts = {names[0]: "image/png", names[1]: 9.0, "width": 3, "height": 4}

    assert unit_of(one("images", objectUrl=URL, title="t", **{key: facts})).media == ImageMetadata(
        "image/png", 9, 3, 4
    )


@pytest.mark.parametrize(
    "facts",
    [
        {"file_size": 1},
        {"file_size": 1, "num_pages": "2"},
        {"file_size": 1, "num_pages": True},
        {"file_size": 1, "num_pages": 0},
        {"file_size": -1, "num_pages": 1},
        {"file_size": 1.5, "num_pages": 1},
        {"file_size": 1, "num_pages": 1, "pages": 1},
        [],
        "text",
    ],
)
def test_media_metadata_that_encord_would_trust_and_are_wrong_are_a_fault(facts: Any) -> None:  # noqa: ANN401
    assert "media metadata" in rules(one("pdf", objectUrl=URL, title="t", pdfMetadata=facts))


def test_media_metadata_of_another_kind_are_a_fault() -> None:
    assert rules(one("pdf", objectUrl=URL, title="t", imageMetadata={})) == ["key"]


def test_flags_are_known_in_either_case() -> None:
    for flags in (("skip_duplicate_urls", "upsert_metadata"), ("skipDuplicateUrls", "upsertMetadata")):
        reader = JsonReader(io.BytesIO(json.dumps(dict.fromkeys(flags, True)).encode()), Limits())

        assert list(reader) == []
        assert (reader.flags.skip_duplicate_urls, reader.flags.upsert_metadata) == (True, True)
        assert reader.faults == []


def test_absent_flags_are_false_and_a_repeated_job_is_warned_of() -> None:
    readings, faults = read("{}")

    assert readings == []
    assert [(fault.rule, fault.severity) for fault in faults] == [("skip_duplicate_urls", Severity.NOTE)]


def test_the_typed_form_is_read_under_its_own_names_and_pythons() -> None:
    for frames, create in (("images", "createVideo"), ("images", "create_video")):
        unit = unit_of(
            one(
                "imageGroups",
                title="g",
                **{frames: [{"url": URL, "title": "front"}, {"url": URL}], create: True},
                externalFileType="IMG_GROUP",
            )
        )
        assert unit.kind is Kind.IMAGE_SEQUENCE
        assert unit.urls == (URL, URL)
        assert [file.title for file in unit.files] == ["front", None]


def test_a_type_that_is_not_that_of_its_list_is_a_fault() -> None:
    assert rules(one("videos", title="t", objectUrl=URL, externalFileType="IMAGE")) == ["externalFileType"]


def test_frames_are_in_the_order_of_their_numbers() -> None:
    entry = {f"objectUrl_{n}": f"{URL}{n}" for n in (10, 2, 11, 1, 0, *range(3, 10))}

    unit = unit_of(one("image_groups", title="g", createVideo=False, **entry))

    assert unit.urls == tuple(f"{URL}{n}" for n in range(12))


@pytest.mark.parametrize("numbers", [(0, 2), (1, 2), (1,)])
def test_a_gap_in_the_numbers_of_frames_is_a_fault_and_no_frame_is_lost_in_silence(
    numbers: tuple[int, ...],
) -> None:
    entry = {f"objectUrl_{n}": URL for n in numbers}

    assert rules(one("dicom_series", title="s", **entry)) == ["numbering"]


def test_white_space_in_a_url_is_a_fault() -> None:
    assert rules(one("videos", title="t", objectUrl="<object url>")) == ["URL white space"]


def test_a_key_that_means_nothing_is_told_of() -> None:
    assert rules(one("videos", title="t", objectUrl=URL, colour="red"), Severity.MENDED) == ["key"]
    assert rules(one("videos", title="t", objectUrl=URL, skip_duplicate_urls=True), Severity.NOTE) == ["key"]


def test_an_unknown_list_is_a_fault_for_each_of_its_entries() -> None:
    readings, _ = read({"movies": [{"objectUrl": URL}, {"objectUrl": URL}], "skip_duplicate_urls": True})

    assert [rules(reading) for reading in readings] == [["top-level key"], ["top-level key"]]


def test_a_key_that_stands_twice_at_the_top_is_named_with_both_lines_and_loses_nothing() -> None:
    text = f"""{{
      "image_groups": [{{"title": "a", "createVideo": true, "objectUrl_0": "{URL}"}}],
      "skip_duplicate_urls": true,
      "image_groups": [{{"title": "b", "createVideo": false, "objectUrl_0": "{URL}"}}]
    }}"""

    readings, (fault,) = read(text)

    assert [unit_of(reading).title for reading in readings] == ["a", "b"]
    assert (fault.rule, fault.line, fault.path) == ("duplicate key", 4, "image_groups")
    assert "first in line 2" in str(fault)


def test_a_key_that_stands_twice_in_an_entry_is_named_with_its_place() -> None:
    readings, _ = read(f'{{"videos": [\n{{"title": "a", "objectUrl": "{URL}",\n"title": "b"}}]}}')

    fault = readings[0].faults[0]
    assert (fault.rule, fault.path, fault.line) == ("duplicate key", "videos[0]", 2)
    assert "'title'" in fault.problem


def test_each_further_list_under_one_key_is_told_of_with_the_first() -> None:
    _, faults = read('{"skip_duplicate_urls": true,\n"pdfs": [],\n"pdfs": [],\n"pdfs": []}')

    assert [(fault.line, fault.problem) for fault in faults] == [
        (line, "the key stands twice, first in line 2") for line in (3, 4)
    ]


@pytest.mark.parametrize(
    ("second", "severity"), [('"title": "a"', Severity.MENDED), ('"title": "b"', Severity.ERROR)]
)
def test_a_key_that_stands_twice_and_differs_keeps_its_entry_apart(second: str, severity: Severity) -> None:
    ((reading,), _) = read(f'{{"videos": [{{"title": "a", "objectUrl": "{URL}", {second}}}]}}')

    assert [(fault.rule, fault.severity) for fault in reading.faults] == [("duplicate key", severity)]


@pytest.mark.parametrize(
    ("key", "entry"),
    [
        ("videos", {"objectUrl": URL, "images": [{"url": URL}]}),
        ("videos", {"objectUrl": URL, "imageItems": ["0f9c1a52-7a8e-4d59-9f0b-6f4e5a3c2b1d"]}),
        ("videos", {"objectUrl": URL, "scene": {"url": URL}}),
        ("videos", {"objectUrl": URL, "videoUrlPrefix": "s3://b/"}),
        ("images", {"objectUrl": URL, "settings": {"channels": {}}}),
        ("images", {"objectUrl": URL, "object_url": f"{URL}b"}),
        ("images", {"objectUrl": URL, "objectURL_1": URL}),
        ("scenes", {"scene": {"url": URL}, "objectUrl": URL}),
        ("scenes", {"scene": {"url": URL}, "objectUrl_0": URL}),
        ("image_groups", {"objectUrl_0": URL, "imageMetadata": {"width": 1}}),
        ("image_groups", {"objectUrl_0": URL, "placeholderItemUuid": "x"}),
        ("image_groups", {"objectUrl_0": URL, "objectURL_1": URL}),
        ("image_groups", {"objectUrl_0": URL, "imageItems": ["x"]}),
        ("imageGroups", {"images": [{"url": URL}], "objectUrl": URL}),
        ("imageGroups", {"images": [{"url": URL, "objectUrl": f"{URL}b"}]}),
        (
            "imageGroupsFromItems",
            {"imageItems": ["0f9c1a52-7a8e-4d59-9f0b-6f4e5a3c2b1d"], "objectUrl_0": URL},
        ),
    ],
)
def test_what_an_entry_of_its_list_cannot_say_is_never_passed_over_in_silence(
    key: str, entry: dict[str, Any]
) -> None:
    assert not one(key, title="t", createVideo=False, **entry).is_good


def test_an_object_url_beside_the_first_numbered_one_and_another_is_not_dropped() -> None:
    reading = one("dicom_series", title="t", objectUrl=f"{URL}b", objectUrl_0=URL)

    assert rules(reading) == ["members"]
    assert unit_of(one("dicom_series", title="t", objectUrl=URL)).urls == (URL,)


@pytest.mark.parametrize(
    ("key", "meant"), [("Title", "title"), ("clientMetdata", "clientMetadata"), ("objectURL", "objectUrl")]
)
def test_a_key_that_is_nearly_right_is_answered_with_the_right_one(key: str, meant: str) -> None:
    faults = one("videos", **{key: "x"}).faults

    assert any(fault.remedy.startswith(f"write {meant},") for fault in faults)


def test_a_list_whose_name_is_nearly_right_is_answered_with_the_right_one() -> None:
    ((near, far), _) = read({"Videos": [{}], "movies": [{}]})

    assert near.faults[0].remedy == "use videos"
    assert "dicom_series" in far.faults[0].remedy


def test_a_number_of_more_digits_than_python_reads_keeps_its_entry_apart_and_no_other() -> None:
    huge = f'{{"title": "a", "objectUrl": "{URL}", "clientMetadata": {{"n": {"9" * 5000}, "m": 7}}}}'
    fine = f'{{"title": "b", "objectUrl": "{URL}", "clientMetadata": {{"n": 7}}}}'

    readings, _ = read(f'{{"images": [{huge}, {fine}]}}')

    assert [reading.is_good for reading in readings] == [False, True]
    assert readings[0].faults[0].problem == "a number of 5000 digits"
    assert unit_of(readings[1]).client_metadata == {"n": 7}


def test_a_flag_that_is_wrong_is_not_said_to_be_absent() -> None:
    _, faults = read({"skip_duplicate_urls": "true"})

    assert [fault.rule for fault in faults] == ["flags"]


def test_a_trailing_comma_is_named_with_its_line_and_path_and_the_rest_is_read() -> None:
    text = f"""{{
      "dicom_series": [
        {{
          "title": "a",
          "objectUrl_0": "{URL}",
        }},
        {{"title": "b", "objectUrl_0": "{URL}", "clientMetadata": {{"k": [1, ], }} }},
      ],
      "skip_duplicate_urls": true,
    }}"""

    readings, faults = read(text)

    assert [unit_of(reading).title for reading in readings] == ["a", "b"]
    inside = [(f.rule, f.line, f.path) for reading in readings for f in reading.faults]
    assert inside == [
        ("trailing comma", 5, "dicom_series[0]"),
        ("trailing comma", 7, "dicom_series[1]"),
        ("trailing comma", 7, "dicom_series[1]"),
    ]
    assert [(f.rule, f.line) for f in faults] == [("trailing comma", 7), ("trailing comma", 9)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("[]", 1),
        ("null", 1),
        ('{"videos": [\n{"title": }]}', 2),
        ('{"videos": [\n\n{} {}]}', 3),
        ('{"videos": [],\n} x', 2),
        ('{"videos": [', 1),
        ('{"videos"', 1),
        ("{'videos': []}", 1),
        ('{"videos": [{"title": "\n"}]}', 1),
        ('{"videos": ' + "[" * 20_000, 1),
    ],
)
def test_what_is_not_json_is_told_of_with_its_line(text: str, line: int) -> None:
    _, faults = read(text)

    assert [fault.line for fault in faults if fault.rule in ("JSON", "JSON depth")] == [line]
    assert "nothing after it was read" in str(faults[-1])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "found the end of the file"),
        ('{"videos": [{"title": "a', "the file ends within a value that begins here"),
        ('{"videos": [{"title": "a"', "the file ends within a value that begins here"),
        ('{} {"videos": []}', "after the end of the manifest stands '{\"videos\": []}'"),
        ('[{"title": "a"}]', "a manifest, which is an object in braces, found '[{"),
    ],
)
def test_what_is_not_json_is_told_of_in_plain_words(text: str, problem: str) -> None:
    _, faults = read(text)

    assert problem in faults[0].problem


def test_the_line_of_a_byte_that_is_not_utf_8_is_its_own() -> None:
    _, (fault,) = read(b'{"videos": [\n{"title": "a", "objectUrl": "u"},\n{"title": "\xff"}]}')

    assert (fault.line, fault.problem.partition(":")[0]) == (3, "column 12")


def test_text_that_is_not_utf_8_is_told_of() -> None:
    assert [fault.rule for fault in read(b'{"videos": [{"title": "\xff"}]}')[1]] == ["UTF-8"]
    assert [fault.rule for fault in read('{"videos": []}'.encode("utf-16"))[1]] == ["UTF-8"]


def test_a_byte_order_mark_is_read_over() -> None:
    readings, _ = read(b"\xef\xbb\xbf" + json.dumps({"images": [{"objectUrl": URL, "title": "t"}]}).encode())

    assert len(readings) == 1


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_json_does_not_have_is_a_fault(constant: str) -> None:
    readings, _ = read(
        f'{{"images": [{{"objectUrl": "{URL}", "title": "t", "clientMetadata": {{"x": {constant}}}}}]}}'
    )

    assert not readings[0].is_good
    assert any(constant in str(fault) for fault in readings[0].faults)


@pytest.mark.parametrize("title", ["t", "żółw 🐢", "a\\u0301", '\\"quoted\\"', "tab\\t", "\\ud83d\\ude80"])
@pytest.mark.parametrize("at_once", [1, 2, 7, 64])
def test_however_a_file_arrives_it_reads_the_same(
    monkeypatch: pytest.MonkeyPatch, title: str, at_once: int
) -> None:
    text = f"""\ufeff{{"pdfs" : [ 1234567 ] ,
      "images" : [ {{"objectUrl":"{URL}","title":"{title}","clientMetadata":{{"n":[1,2.5e3,null]}}}},
      {{"title":"b","objectUrl":"{URL}",}} ] , "skip_duplicate_urls":true}} """
    whole = read(text)
    monkeypatch.setattr(json_scanner, "_CHUNK", at_once)

    assert read(text) == whole
    assert len(whole[0]) == 3


@pytest.mark.parametrize("key", ["title", "objectUrl", "clientMetadata", "videoMetadata", "colour"])
@pytest.mark.parametrize("depth", [300, *range(940, 1000, 3)])
def test_a_value_of_any_depth_is_read_or_told_of(key: str, depth: int) -> None:
    nested = '{"a":' * depth + "1" + "}" * depth
    readings, faults = read(f'{{"videos": [{{"{key}": {nested}}}]}}')

    assert all(reading.faults for reading in readings)
    assert readings or [fault.rule for fault in faults] == ["JSON depth"]

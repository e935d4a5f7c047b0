"""DICOM series: what is told of their files, and the rules that files must keep, each and together."""

import io
from collections.abc import Callable, Iterable

import pydicom
import pytest
from pydantic import JsonValue
from pydicom import Dataset

from encord_provider.sandbox.inspection import Refused, inspect, inspect_series, inspect_series_tags
from encord_provider.sandbox.inspection.dicom import METADATA_TAGS
from tests import media
from tests.unit.sandbox.inspection.held import Held


def test_a_file_gives_its_size_and_its_three_identifiers() -> None:
    scan = media.dicom(slice_number=3)

    facts = inspect("DICOM", Held(scan), "3.dcm")

    assert (facts.mime_type, facts.file_size) == ("application/dicom", len(scan))
    assert (facts.width, facts.height, facts.frame_count) == (8, 8, 1)
    assert facts.dicom_study_uid == media.STUDY
    assert facts.dicom_series_uid == media.SERIES
    assert facts.dicom_instance_uid == f"{media.SERIES}.3"


def test_a_series_gives_the_facts_of_each_file_in_the_order_given() -> None:
    facts = inspect_series(_files(media.dicom(number) for number in (2, 1, 3)))

    assert [fact.dicom_instance_uid for fact in facts] == [f"{media.SERIES}.{number}" for number in (2, 1, 3)]


def test_a_file_of_another_study_is_named_in_encords_words() -> None:
    stranger = media.dicom(3, study="1.2.3")
    files = _files([media.dicom(1), media.dicom(2), stranger, media.dicom(4)])

    with pytest.raises(Refused) as refusal:
        inspect_series(files)

    assert refusal.value.reason == (
        "The value of DICOM tag 'StudyInstanceUID' should be consistent across files in a series."
        f" Got [1.2.3] from 'file 3' and [{media.STUDY}] from other files in the series."
    )


def test_the_stranger_is_the_odd_one_out_even_when_it_comes_first() -> None:
    files = _files([media.dicom(1, study="1.2.3"), media.dicom(2), media.dicom(3)])

    with pytest.raises(Refused, match=r"Got \[1.2.3\] from 'file 1'"):
        inspect_series(files)


@pytest.mark.parametrize(
    "tag", ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "PatientID", "Rows", "Columns"]
)
def test_a_required_tag_that_is_missing_is_named_with_its_file(tag: str) -> None:
    with pytest.raises(Refused, match=f"'{tag}' is missing from 'file 2'"):
        inspect_series_tags(_tags(3, on=2, change=lambda scan: delattr(scan, tag)))


def test_an_anonymised_file_may_have_an_empty_patient_id() -> None:
    def forget(scan: Dataset) -> None:
        scan.PatientID = ""

    assert len(inspect_series_tags(_tags(2, on=1, change=forget))) == 2


@pytest.mark.parametrize(
    ("tag", "value", "reason"),
    [
        ("SOPInstanceUID", "1" * 65, "1 to 64 printable characters"),
        ("SOPInstanceUID", f"{media.SERIES}.1", "should be unique within a series"),
        ("Rows", 16, "'Rows' should be consistent"),
        ("Columns", 16, "'Columns' should be consistent"),
        ("NumberOfFrames", 0, "'NumberOfFrames' should be positive"),
        ("WindowWidth", 0, "pairs, with a positive width"),
        ("WindowWidth", [100, 200], "pairs, with a positive width"),
        ("PixelSpacing", None, "'PixelSpacing' is missing from 'file 2'"),
        ("SliceThickness", None, "'SliceThickness' is missing from 'file 2'"),
        ("ImagePositionPatient", None, "'ImagePositionPatient' is missing from 'file 2'"),
        ("ImageOrientationPatient", [1, 0, 0], "should have 6 numbers"),
        ("ImageOrientationPatient", [0, 1, 0, 1, 0, 0], "'file 2' is turned against"),
    ],
)
def test_a_file_that_breaks_a_rule_makes_the_series_refused(tag: str, value: object, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        inspect_series_tags(_tags(4, on=2, change=lambda scan: setattr(scan, tag, value)))


def test_a_gap_among_few_slices_is_refused() -> None:
    def move(scan: Dataset) -> None:
        scan.ImagePositionPatient = [0, 0, 40]

    with pytest.raises(Refused, match="spaced irregularly"):
        inspect_series_tags(_tags(8, on=8, change=move))


def test_a_gap_among_many_slices_is_within_the_three_per_cent_that_may_be_irregular() -> None:
    def move(scan: Dataset) -> None:
        scan.ImagePositionPatient = [0, 0, 140]

    assert len(inspect_series_tags(_tags(80, on=80, change=move))) == 80


def test_pictures_without_a_place_in_the_patient_may_form_a_series() -> None:
    def flatten(scan: Dataset) -> None:
        del scan.ImagePositionPatient, scan.ImageOrientationPatient, scan.PixelSpacing, scan.SliceThickness

    files = [_changed(media.dicom(number), flatten) for number in (1, 2)]

    assert len(inspect_series(_files(files))) == 2


def test_supplied_tags_give_the_same_facts_as_the_file() -> None:
    (read,) = inspect_series(_files([media.dicom(1)]))
    (told,) = inspect_series_tags(_tags(1))

    assert told.dicom_instance_uid == read.dicom_instance_uid
    assert (told.width, told.height, told.frame_count) == (read.width, read.height, read.frame_count)


def test_supplied_tags_must_all_be_there_and_null_is_enough() -> None:
    title, tags = _tags(1)[0]
    incomplete = {tag: value for tag, value in tags.items() if tag != "00181164"}

    with pytest.raises(Refused, match="lacks the tags 00181164"):
        inspect_series_tags([(title, incomplete)])


@pytest.mark.parametrize("value", ["8", {"vr": "US", "Value": ["eight"]}, {"Value": [8]}])
def test_supplied_tags_that_make_no_sense_are_refused(value: JsonValue) -> None:
    title, tags = _tags(1)[0]

    with pytest.raises(Refused, match="cannot be read"):
        inspect_series_tags([(title, {**tags, "00280010": value})])


@pytest.mark.parametrize("missing", [1, 100, 140])
def test_a_truncated_file_is_refused(missing: int) -> None:
    scan = media.dicom(1)

    with pytest.raises(Refused, match="'file 1' is truncated or damaged"):
        inspect_series(_files([scan[:-missing]]))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The file 'file 1' is empty"),
        (media.image("png"), "Expected a DICOM file, got a file of type image/png"),
    ],
)
def test_what_is_no_dicom_file_makes_the_series_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        inspect_series(_files([data]))


def test_a_series_of_no_files_is_refused() -> None:
    with pytest.raises(Refused, match="at least one file"):
        inspect_series([])


def _files(scans: Iterable[bytes]) -> list[tuple[str, Held]]:
    return [(f"file {number}", Held(scan)) for number, scan in enumerate(scans, start=1)]


def _changed(data: bytes, change: Callable[[Dataset], None]) -> bytes:
    scan, file = pydicom.dcmread(io.BytesIO(data)), io.BytesIO()
    change(scan)
    scan.save_as(file, enforce_file_format=True)
    return file.getvalue()


def _tags(
    count: int, on: int = 0, change: Callable[[Dataset], None] = lambda _: None
) -> list[tuple[str, dict[str, JsonValue]]]:
    """Write down the metadata of a series as a client would, after *change* to the file numbered *on*."""
    described = []
    for number in range(1, count + 1):
        scan = pydicom.dcmread(io.BytesIO(media.dicom(number)))
        if number == on:
            change(scan)
        elements = scan.to_json_dict()
        described.append((f"file {number}", {tag: elements.get(tag) for tag in METADATA_TAGS}))
    return described

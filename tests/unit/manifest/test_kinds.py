"""How a file name tells what a file is."""

import pytest

from encord_provider.manifest.kinds import EXTENSIONS, GROUPED, Kind, kind_of


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("a/b.mp4", Kind.VIDEO),
        ("A.MOV", Kind.VIDEO),
        ("a.b.c.webm", Kind.VIDEO),
        ("a.wav", Kind.AUDIO),
        ("a.JPeG", Kind.IMAGE),
        ("a.dcm", Kind.DICOM_SERIES),
        ("a.pdf", Kind.PDF),
        ("a.csv", Kind.TEXT),
        ("brain.nii", Kind.NIFTI),
        ("brain.nii.gz", Kind.NIFTI),
        ("sub-01.T1w.nii.gz", Kind.NIFTI),
        ("100% of #1?.jpg", Kind.IMAGE),
    ],
)
def test_the_ending_of_a_name_tells_its_kind(key: str, kind: Kind) -> None:
    assert kind_of(key) is kind


@pytest.mark.parametrize(
    "key", ["", "README", "a.mp4/", "a.mp4/part", ".mp4", "a.gz", "a.mp4.part", "a.mp4 ", "dir.jpg/x", "mp4"]
)
def test_other_names_have_no_kind(key: str) -> None:
    assert kind_of(key) is None


def test_every_kind_that_is_one_object_can_be_told_from_a_name() -> None:
    told = (
        set(Kind) - (GROUPED - {Kind.DICOM_SERIES}) - {Kind.TIME_SERIES, Kind.SCENE}
    )  # CSV is text by default

    assert set(EXTENSIONS.values()) == told


def test_endings_are_known_in_lower_case() -> None:
    assert [ending for ending in EXTENSIONS if ending != ending.lower() or not ending.startswith(".")] == []


@pytest.mark.parametrize(
    ("key", "content_type", "kind"),
    [
        ("upload/0f9c", "video/mp4", Kind.VIDEO),
        ("upload/0f9c", "IMAGE/JPEG; charset=binary", Kind.IMAGE),
        ("upload/0f9c", "application/pdf", Kind.PDF),
        ("upload/0f9c", "application/dicom", Kind.DICOM_SERIES),
        ("upload/0f9c", "application/octet-stream", None),
        ("upload/0f9c", "", None),
        ("a.mp4", "application/octet-stream", Kind.VIDEO),
        ("a.mp4", "image/jpeg", Kind.VIDEO),
    ],
)
def test_a_content_type_tells_where_the_name_does_not(key: str, content_type: str, kind: Kind | None) -> None:
    assert kind_of(key, content_type) is kind

"""Manifests in the forms that Encord's pages show, sound ones and unsound ones."""

import io
from typing import Any

import pytest

from encord_provider.manifest.faults import Fault, Severity
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.limits import Limits
from encord_provider.manifest.media_metadata import VideoMetadata
from encord_provider.manifest.reading import Quarantine, open_manifest
from encord_provider.manifest.units import Unit

S3 = "https://fleet.s3.eu-west-2.amazonaws.com"
AZURE = "https://fleet.blob.core.windows.net"
GCS = "https://storage.cloud.google.com/fleet"
OBS = "https://fleet.obs.eu-de.otc.t-systems.com"

PLACEHOLDERS = """{
  "videos": [
    {"objectUrl": "<object url_1>"},
    {"objectUrl": "<object url_2>", "title": "mine.mp4", "clientMetadata": {"optional": "metadata"}}
  ],
  "skip_duplicate_urls": true,
  "upsert_metadata": true
}"""

ACCESS_POINT_PLACEHOLDERS = """{
  "videos": [{"objectUrl": "Multi-Region-Access-Point-ARN + <object name_1>"}],
  "skip_duplicate_urls": true
}"""

VIDEO_METADATA = """{
  "videos": [
    {
      "objectUrl": "video_file.mp4",
      "videoMetadata": {
        "fps": 23.98, "duration": 29.09, "width": 1280, "height": 720, "file_size": 5468354,
        "mime_type": "video/mp4"
      }
    }
  ]
}"""

DICOM_WITH_COMMAS = f"""{{
  "dicom_series": [
    {{"title": "<series-1>", "objectUrl_0": "{S3}/1.dcm"}},
    {{
      "title": "<series-2>",
      "objectUrl_0": "{S3}/2.dcm",
      "objectUrl_1": "{S3}/3.dcm",
    }}
  ]
}}"""

TWICE = f"""{{
  "images": [{{"objectUrl": "{S3}/1.png"}}],
  "videos": [{{"objectUrl": "{S3}/1.mp4"}}, {{"objectUrl": "{S3}/2.mp4"}}],
  "image_groups": [
    {{"title": "light", "createVideo": true, "objectUrl_0": "{S3}/Light+Environment/1+(32).jpg"}},
    {{"title": "dark", "createVideo": true, "objectUrl_0": "{S3}/2+(32).jpg", "objectUrl_1": "{S3}/2+(33).jpg"}}
  ],
  "image_groups": [{{"title": "other", "createVideo": false, "objectUrl_0": "{S3}/3+(32).jpg"}}]
}}"""

AZURE_BLOBS = f"""{{
  "videos": [{{"objectUrl": "{AZURE}/blob"}}, {{"objectUrl": "{AZURE}/container/blobs/blob.jpg"}}],
  "image_groups": [{{"title": "g", "objectUrl_0": "{AZURE}/container/1.jpg", "objectUrl_1": "{AZURE}/container/2.jpg"}}]
}}"""

GCS_OBJECTS = f"""{{
  "videos": [{{"objectUrl": "gs://fleet/object.mp4"}}],
  "image_groups": [{{"title": "g", "objectUrl_0": "{GCS}/object_1.jpg"}}]
}}"""

OBS_OBJECTS = f"""{{
  "dicom_series": [{{"title": "SERIES", "objectUrl_0": "{OBS}/file-0", "objectUrl_1": "{OBS}/file-1"}}]
}}"""


def sorted_out(text: str, **options: Any) -> tuple[list[Unit], list[Fault]]:
    """Read a manifest; return its good units and all faults but notes."""
    faults: list[Fault] = []
    units = list(Quarantine(open_manifest(io.BytesIO(text.encode())), faults.append, **options).units())
    return units, [fault for fault in faults if fault.severity is not Severity.NOTE]


def kinds(units: list[Unit]) -> list[tuple[Kind, int]]:
    """Return kind and number of URLs of each unit."""
    return [(unit.kind, len(unit.urls)) for unit in units]


@pytest.mark.parametrize(("text", "entries"), [(PLACEHOLDERS, 2), (ACCESS_POINT_PLACEHOLDERS, 1)])
def test_placeholders_are_refused_for_their_white_space(text: str, entries: int) -> None:
    units, faults = sorted_out(text)

    assert units == []
    assert [fault.rule for fault in faults] == ["URL white space"] * entries


def test_a_video_with_metadata_is_read_with_them() -> None:
    ((unit,), faults) = sorted_out(VIDEO_METADATA)

    assert unit.media == VideoMetadata(23.98, 29.09, 1280, 720, 5_468_354, "video/mp4")
    assert faults == []


def test_series_with_commas_too_many_are_read_and_the_comma_is_named() -> None:
    units, faults = sorted_out(DICOM_WITH_COMMAS)

    assert kinds(units) == [(Kind.DICOM_SERIES, 1), (Kind.DICOM_SERIES, 2)]
    assert [(fault.rule, fault.line, fault.path) for fault in faults] == [
        ("trailing comma", 7, "dicom_series[1]")
    ]


def test_strictly_a_comma_too_many_keeps_its_unit_apart() -> None:
    units, _ = sorted_out(DICOM_WITH_COMMAS, strict=True)

    assert kinds(units) == [(Kind.DICOM_SERIES, 1)]


def test_groups_under_a_key_that_stands_twice_are_all_read_and_the_key_is_named() -> None:
    units, faults = sorted_out(TWICE)

    assert kinds(units) == [
        (Kind.IMAGE, 1),
        (Kind.VIDEO, 1),
        (Kind.VIDEO, 1),
        (Kind.IMAGE_SEQUENCE, 1),
        (Kind.IMAGE_SEQUENCE, 2),
        (Kind.IMAGE_GROUP, 1),
    ]
    assert [(fault.rule, fault.line, fault.path) for fault in faults] == [
        ("duplicate key", 8, "image_groups")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (AZURE_BLOBS, [(Kind.VIDEO, 1), (Kind.VIDEO, 1), (Kind.IMAGE_GROUP, 2)]),
        (GCS_OBJECTS, [(Kind.VIDEO, 1), (Kind.IMAGE_GROUP, 1)]),
        (OBS_OBJECTS, [(Kind.DICOM_SERIES, 2)]),
    ],
)
def test_objects_of_every_store_are_read_as_they_are_listed(
    text: str, expected: list[tuple[Kind, int]]
) -> None:
    units, faults = sorted_out(text)

    assert kinds(units) == expected
    assert faults == []


def test_a_manifest_over_the_limits_as_a_whole_says_to_split_it() -> None:
    faults: list[Fault] = []
    limits = Limits(units=5, urls=6, manifest_bytes=100)

    units = list(Quarantine(open_manifest(io.BytesIO(TWICE.encode()), limits), faults.append).units())

    assert len(units) == 6
    errors = [fault for fault in faults if fault.severity is Severity.ERROR]
    assert [(fault.rule, fault.remedy) for fault in errors] == [
        ("manifest units", "split it"),
        ("manifest URLs", "split it"),
        ("manifest size", "split it"),
    ]

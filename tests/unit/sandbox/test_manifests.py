"""Both dialects of a manifest become the same units."""

from typing import Any

import pytest
from encord.orm.storage import (
    CustomerProvidedAudioMetadata,
    DataUploadAudio,
    DataUploadDicomSeries,
    DataUploadDicomSeriesDicomFile,
    DataUploadImageGroup,
    DataUploadImageGroupImage,
    DataUploadItems,
    DataUploadVideo,
)

from encord_provider.sandbox.errors import InvalidError
from encord_provider.sandbox.kinds import Kind
from encord_provider.sandbox.limits import Limits
from encord_provider.sandbox.manifests import read_manifest
from encord_provider.sandbox.units import Unit

DOCUMENTED = {
    "videos": [
        {
            "objectUrl": "s3://b/v.mp4",
            "title": None,
            "clientMetadata": {"b": 1, "a": None},
            "createVideo": False,
        }
    ],
    "image_groups": [
        {
            "title": "g",
            "createVideo": True,
            "objectUrl_1": "u1",
            "objectUrl_0": "u0",
            "objectUrl_10": "u10",
            "objectUrl_2": "u2",
        }
    ],
    "dicom_series": [{"title": "d", "objectUrl_0": "d0", "objectUrl_1": "d1", "createVideo": True}],
    "audio": [
        {
            "objectUrl": "a",
            "audioMetadata": {
                "duration_seconds": 1.5,
                "file_size": 1,
                "mime_type": "audio/wav",
                "sample_rate": 2,
                "bit_depth": 3,
                "codec": "pcm",
                "num_channels": 1,
            },
        }
    ],
    "skip_duplicate_urls": True,
}
"""What the documents show people to write."""

TYPED = DataUploadItems(
    videos=[DataUploadVideo(object_url="s3://b/v.mp4", client_metadata={"b": 1, "a": None})],
    image_groups=[
        DataUploadImageGroup(
            title="g",
            create_video=True,
            images=[DataUploadImageGroupImage(url=url) for url in ("u0", "u1", "u2", "u10")],
        )
    ],
    dicom_series=[
        DataUploadDicomSeries(
            title="d",
            dicom_files=[DataUploadDicomSeriesDicomFile(url=url, title=None) for url in ("d0", "d1")],
        )
    ],
    audio=[
        DataUploadAudio(
            object_url="a",
            audio_metadata=CustomerProvidedAudioMetadata(
                duration=1.5,
                file_size=1,
                mime_type="audio/wav",
                sample_rate=2,
                bit_depth=3,
                codec="pcm",
                num_channels=1,
            ),
        )
    ],
    skip_duplicate_urls=True,
)
"""The same in the SDK's classes."""


def read(manifest: dict[str, Any], limits: Limits | None = None) -> list[Unit]:
    """Read the units of a manifest."""
    return read_manifest(manifest, limits or Limits()).units


def fault(manifest: dict[str, Any], limits: Limits | None = None) -> str:
    """Return what is wrong with a manifest."""
    with pytest.raises(InvalidError) as refused:
        read(manifest, limits)
    return refused.value.message


def test_both_dialects_say_the_same() -> None:
    typed = read_manifest(TYPED.to_dict(), Limits())
    documented = read_manifest(DOCUMENTED, Limits())
    assert documented.skip_duplicate_urls is typed.skip_duplicate_urls is True
    assert documented.upsert_metadata is typed.upsert_metadata is False
    # an absent clientMetadata is {} in the SDK's dialect, and says nothing in the other
    assert {unit.kind: (unit.parts, unit.title, unit.create_video) for unit in documented.units} == {
        unit.kind: (unit.parts, unit.title, unit.create_video) for unit in typed.units
    }


def test_frames_are_ordered_by_number_and_not_by_text() -> None:
    [group] = [unit for unit in read(DOCUMENTED) if unit.kind is Kind.IMG_GROUP]
    assert group.urls == ["u0", "u1", "u2", "u10"]
    assert group.item_type == "imageSequence"


def test_a_group_without_create_video_is_no_sequence() -> None:
    [group] = read({"image_groups": [{"objectUrl_0": "u0"}]})
    assert group.item_type == "imageGroup"


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("pdf", Kind.PDF),
        ("pdfs", Kind.PDF),
        ("text", Kind.PLAIN_TEXT),
        ("text_files", Kind.PLAIN_TEXT),
        ("plain_text", Kind.PLAIN_TEXT),
        ("nifti", Kind.NIFTI),
        ("timeSeries", Kind.TIMESERIES),
        ("time_series", Kind.TIMESERIES),
        ("audios", Kind.AUDIO),
    ],
)
def test_spellings_that_the_documents_leave_open_are_understood(key: str, kind: Kind) -> None:
    assert [unit.kind for unit in read({key: [{"objectUrl": "u"}]})] == [kind]


def test_units_survive_being_stored() -> None:
    for unit in read(DOCUMENTED):
        row = {
            "kind": unit.kind,
            "title": unit.title,
            "client_metadata": unit.client_metadata,
            "content": unit.content(),
        }
        assert Unit.of_row(row) == unit  # type: ignore[arg-type] # a dict reads like the row it stands for


def test_every_fault_is_named_with_its_place() -> None:
    message = fault(
        {
            "videos": [{"title": "no url"}, {"objectUrl": "u", "videoMetadata": {"fps": "fast"}}, "text"],
            "images": {"objectUrl": "u"},
            "statues": [{"objectUrl": "u"}],
        }
    )
    for part in (
        "videos[0]: objectUrl",
        "videos[1]: videoMetadata",
        "videos[2]",
        "images: must be a list",
        "statues",
    ):
        assert part in message


def test_an_entry_of_another_type_is_refused() -> None:
    assert "expected" in fault({"videos": [{"objectUrl": "u", "externalFileType": "IMAGE"}]})


def test_media_metadata_must_be_whole() -> None:
    assert "height" in fault(
        {"images": [{"objectUrl": "u", "imageMetadata": {"width": 1, "fileSize": 1, "mimeType": "x"}}]}
    )


def test_dicom_metadata_must_have_every_tag() -> None:
    frame = {"url": "d0", "dicomMetadata": {"tags": {"00080018": None}}}
    assert "0020000D" in fault({"dicomSeries": [{"title": "d", "dicomFiles": [frame]}]})


def test_limits_hold_for_the_whole_manifest() -> None:
    limits = Limits(manifest_items=1, manifest_urls=2, url_bytes=8)
    assert "2 items" in fault({"images": [{"objectUrl": "a"}, {"objectUrl": "b"}]}, limits)
    assert "3 object URLs" in fault(
        {"image_groups": [{f"objectUrl_{number}": "u" for number in range(3)}]}, limits
    )
    assert "8 bytes" in fault({"images": [{"objectUrl": "é" * 5}]}, limits)
    assert len(read({"images": [{"objectUrl": "é" * 4}]}, limits)) == 1

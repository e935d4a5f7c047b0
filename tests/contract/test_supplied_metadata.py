"""Media metadata that comes with the manifest: Encord takes it on trust and reads nothing."""

import io

import pydicom
import pytest
from encord.orm.storage import (
    CustomerProvidedAudioMetadata,
    CustomerProvidedDicomSeriesDicomFileMetadata,
    CustomerProvidedPdfMetadata,
    CustomerProvidedTextMetadata,
    CustomerProvidedVideoMetadata,
    DataUploadAudio,
    DataUploadDicomSeries,
    DataUploadDicomSeriesDicomFile,
    DataUploadItems,
    DataUploadPDF,
    DataUploadText,
    DataUploadVideo,
    StorageItemType,
)
from encord.storage import StorageFolder

from tests import media
from tests.bucket import Bucket
from tests.contract.registration import expect_refusal, register, registered

# What is claimed, without any file, in the manifests that are taken on trust.
TRUSTED_VIDEO = CustomerProvidedVideoMetadata(
    fps=25.0, duration=8.0, width=1920, height=1080, file_size=12_345, mime_type="video/mp4"
)
TRUSTED_AUDIO = CustomerProvidedAudioMetadata(
    duration=1.5,
    file_size=99,
    mime_type="audio/wav",
    sample_rate=44_100,
    bit_depth=24,
    codec="pcm_s24le",
    num_channels=2,
)


@pytest.mark.parametrize(
    ("kind", "entry", "facts"),
    [
        pytest.param(
            "videos",
            {
                "videoMetadata": {
                    "fps": 25.0,
                    "duration": 8.0,
                    "width": 1920,
                    "height": 1080,
                    "file_size": 12_345,
                    "mime_type": "video/webm",
                }
            },
            {
                "fps": 25,
                "duration": 8,
                "width": 1920,
                "height": 1080,
                "file_size": 12_345,
                "mime_type": "video/webm",
            },
            id="video",
        ),
        pytest.param(
            "images",
            {"imageMetadata": {"mimeType": "image/avif", "fileSize": 5, "width": 7, "height": 9}},
            {"mime_type": "image/avif", "file_size": 5, "width": 7, "height": 9},
            id="image",
        ),
        pytest.param(
            "images",
            {"imageMetadata": {"mime_type": "image/avif", "file_size": 5, "width": 7, "height": 9}},
            {"mime_type": "image/avif", "file_size": 5, "width": 7, "height": 9},
            id="image in snake case",
        ),
        pytest.param(
            "audio",
            {
                "audioMetadata": {
                    "duration_seconds": 1.5,
                    "file_size": 9,
                    "mime_type": "audio/flac",
                    "sample_rate": 44_100,
                    "bit_depth": 24,
                    "codec": "flac",
                    "num_channels": 2,
                }
            },
            {
                "duration": 1.5,
                "file_size": 9,
                "mime_type": "audio/flac",
                "audio_sample_rate": 44_100,
                "audio_bit_depth": 24,
                "audio_codec": "flac",
                "audio_num_channels": 2,
            },
            id="audio",
        ),
        pytest.param("pdf", {"pdfMetadata": {"file_size": 8, "num_pages": 3}}, {"file_size": 8}, id="pdf"),
        pytest.param(
            "text",
            {"textMetadata": {"file_size": 8, "mime_type": "text/html"}},
            {"file_size": 8, "mime_type": "text/html"},
            id="text",
        ),
    ],
)
def test_media_metadata_in_a_json_manifest_is_taken_on_trust(
    folder: StorageFolder,
    integration: str,
    bucket: Bucket,
    *,
    kind: str,
    entry: dict[str, object],
    facts: dict[str, object],
) -> None:
    url = bucket.url("nowhere")  # never read, so never missed
    [item] = registered(folder, integration, {kind: [{"objectUrl": url, **entry}]})
    assert {name: getattr(item, name) for name in facts} == facts


def test_media_metadata_of_the_sdk_dialect_is_taken_on_trust(
    folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    url = bucket.url("nowhere")
    manifest = DataUploadItems(
        videos=[DataUploadVideo(object_url=url, title="video", video_metadata=TRUSTED_VIDEO)],
        audio=[DataUploadAudio(object_url=url, title="audio", audio_metadata=TRUSTED_AUDIO)],
        pdf=[
            DataUploadPDF(
                object_url=url,
                title="pdf",
                pdf_metadata=CustomerProvidedPdfMetadata(file_size=1, num_pages=2),
            )
        ],
        text=[
            DataUploadText(
                object_url=url,
                title="text",
                text_metadata=CustomerProvidedTextMetadata(file_size=2, mime_type="text/css"),
            )
        ],
    )
    audio, pdf, text, video = registered(folder, integration, manifest)
    assert (video.fps, video.duration, video.width, video.height) == (25, 8, 1920, 1080)
    assert (video.file_size, video.mime_type) == (12_345, "video/mp4")
    assert (audio.duration, audio.audio_sample_rate, audio.audio_bit_depth) == (1.5, 44_100, 24)
    assert (audio.audio_codec, audio.audio_num_channels, audio.file_size) == ("pcm_s24le", 2, 99)
    assert (pdf.file_size, text.file_size, text.mime_type) == (1, 2, "text/css")


DICOM_TAGS = [
    "00080018",
    "00100020",
    "00180050",
    "00181114",
    "00181164",
    "0020000D",
    "0020000E",
    "00200013",
    "00200032",
    "00200037",
    "00209113",
    "00209116",
    "00280004",
    "00280008",
    "00280010",
    "00280011",
    "00280030",
    "00281050",
    "00281051",
    "00289110",
    "52009229",
    "52009230",
]
"""The tags that must be there, as keys at least, when DICOM metadata is supplied."""


def dicom_tags(slice_number: int) -> dict[str, dict[str, object] | None]:
    """Tell of one slice what Encord wants to know, as its own demo does; null for a tag that the file has not."""
    tags = pydicom.dcmread(io.BytesIO(media.dicom(slice_number))).to_json_dict()
    return {tag: tags.get(tag) for tag in DICOM_TAGS}


def series(bucket: Bucket, *tags: dict[str, dict[str, object] | None]) -> DataUploadItems:
    """Write a manifest of one series, of files that are not there."""
    slices = [
        DataUploadDicomSeriesDicomFile(
            url=bucket.url(f"nowhere/{number}.dcm"),
            title=None,
            dicom_metadata=CustomerProvidedDicomSeriesDicomFileMetadata(tags=known),
        )
        for number, known in enumerate(tags)
    ]
    return DataUploadItems(dicom_series=[DataUploadDicomSeries(dicom_files=slices, title="scan")])


def test_dicom_tags_are_taken_on_trust(folder: StorageFolder, integration: str, bucket: Bucket) -> None:
    [item] = registered(folder, integration, series(bucket, dicom_tags(1), dicom_tags(2)))
    assert item.item_type == StorageItemType.DICOM_SERIES
    assert (item.dicom_study_uid, item.dicom_series_uid) == (media.STUDY, media.SERIES)
    instances = {child.dicom_instance_uid for child in item.get_child_items()}
    assert instances == {f"{media.SERIES}.1", f"{media.SERIES}.2"}


def test_supplied_dicom_tags_must_make_a_series_too(
    folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    stranger = dicom_tags(2) | {"0020000D": {"vr": "UI", "Value": [f"{media.STUDY}.9"]}}
    state = register(folder, integration, series(bucket, dicom_tags(1), stranger), ignore_errors=True)
    [error] = state.unit_errors
    assert "'StudyInstanceUID' should be consistent across files in a series" in error.error
    assert list(folder.list_items()) == []


@pytest.mark.parametrize("tag", ["00100020", "00280030"])
def test_all_dicom_tags_must_be_there_if_only_as_null(
    folder: StorageFolder, integration: str, bucket: Bucket, tag: str
) -> None:
    tags = dicom_tags(1)
    del tags[tag]
    expect_refusal(folder, integration, series(bucket, tags))

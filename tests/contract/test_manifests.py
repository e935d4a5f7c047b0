"""What a manifest may hold: every type, in both dialects, read for real."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from encord.orm.dataset import LongPollingStatus
from encord.orm.storage import (
    DataUploadAudio,
    DataUploadDicomSeries,
    DataUploadDicomSeriesDicomFile,
    DataUploadImage,
    DataUploadImageGroup,
    DataUploadImageGroupImage,
    DataUploadItems,
    DataUploadNifti,
    DataUploadPDF,
    DataUploadScene,
    DataUploadText,
    DataUploadTimeSeries,
    DataUploadVideo,
    StorageItemType,
    TimeSeriesLineChannelViewSettings,
    TimeSeriesViewSettings,
)
from encord.storage import StorageFolder, StorageItem

from tests import media
from tests.bucket import Bucket
from tests.contract.registration import Manifest, register, registered

Facts = dict[str, object]

FILES: dict[str, Callable[[], bytes]] = {
    "a.mp4": media.video,
    "a.png": media.image,
    "0.png": lambda: media.image(shade=0),
    "1.png": lambda: media.image(shade=1),
    "a.wav": media.audio,
    "a.pdf": media.pdf,
    "a.txt": lambda: b"words",
    "a.nii": media.nifti,
    "1.dcm": lambda: media.dicom(1),
    "2.dcm": lambda: media.dicom(2),
    "a.csv": media.signals,
    "a.pcd": media.point_cloud,
}
"""What there is to register, by name."""

# What some of them are, once Encord has read them.
VIDEO: Facts = {
    "item_type": StorageItemType.VIDEO,
    "mime_type": "video/mp4",
    "width": 64,
    "height": 48,
    "fps": 10,
    "duration": 1,
    "frame_count": 10,
}
IMAGE: Facts = {
    "item_type": StorageItemType.IMAGE,
    "mime_type": "image/png",
    "width": 32,
    "height": 24,
}
AUDIO: Facts = {
    "item_type": StorageItemType.AUDIO,
    "duration": 0.5,
    "audio_sample_rate": 8000,
    "audio_bit_depth": 16,
    "audio_num_channels": 1,
    "audio_codec": "pcm_s16le",
}
PDF: Facts = {
    "item_type": StorageItemType.PDF,
    "mime_type": "application/pdf",
}
TEXT: Facts = {"item_type": StorageItemType.PLAIN_TEXT, "mime_type": "text/plain"}
NIFTI: Facts = {"item_type": StorageItemType.NIFTI}
GROUP: Facts = {"item_type": StorageItemType.IMAGE_GROUP}
SEQUENCE: Facts = {
    "item_type": StorageItemType.IMAGE_SEQUENCE,
    "width": 32,
    "height": 24,
    "frame_count": 2,
}
SERIES: Facts = {
    "item_type": StorageItemType.DICOM_SERIES,
    "dicom_study_uid": media.STUDY,
    "dicom_series_uid": media.SERIES,
}
TIME_SERIES: Facts = {"item_type": StorageItemType.TIMESERIES}
SCENE: Facts = {"item_type": StorageItemType.SCENE}


@pytest.fixture
def files(bucket: Bucket) -> dict[str, str]:
    """Put a file of each type into the bucket; the URL by the file's name."""
    return {name: bucket.put(name, make()) for name, make in FILES.items()}


def facts_of(item: StorageItem, like: Facts) -> Facts:
    """Return of the item those facts that *like* has."""
    return {name: getattr(item, name) for name in like}


def frames(files: dict[str, str], *names: str) -> dict[str, str]:
    """Number the URLs as the external dialect does."""
    return {f"objectUrl_{number}": files[name] for number, name in enumerate(names)}


@pytest.mark.parametrize(
    ("kind", "file", "facts"),
    [
        pytest.param("videos", "a.mp4", VIDEO, id="videos"),
        pytest.param("images", "a.png", IMAGE, id="images"),
        pytest.param("audio", "a.wav", AUDIO, id="audio"),
        pytest.param("pdf", "a.pdf", PDF, id="pdf"),
        pytest.param("pdfs", "a.pdf", PDF, id="pdfs"),
        pytest.param("text", "a.txt", TEXT, id="text"),
        pytest.param("text_files", "a.txt", TEXT, id="text_files"),
        pytest.param("nifti", "a.nii", NIFTI, id="nifti"),
        pytest.param("time_series", "a.csv", TIME_SERIES, id="time_series"),
    ],
)
def test_a_json_manifest_registers_files_of_one_object(
    folder: StorageFolder, integration: str, files: dict[str, str], *, kind: str, file: str, facts: Facts
) -> None:
    manifest = {kind: [{"objectUrl": files[file], "title": "named", "clientMetadata": {"k": 1, "n": None}}]}
    [item] = registered(folder, integration, manifest)
    assert (item.name, item.url, item.client_metadata) == ("named", files[file], {"k": 1, "n": None})
    assert item.file_size == len(FILES[file]())
    assert facts_of(item, facts) == facts


@pytest.mark.parametrize(
    ("entry", "facts"),
    [
        pytest.param({"createVideo": False}, GROUP, id="group"),
        pytest.param({}, GROUP, id="group unless said otherwise"),
        pytest.param({"createVideo": True}, SEQUENCE, id="sequence"),
    ],
)
def test_a_json_manifest_registers_images_as_one(
    folder: StorageFolder,
    integration: str,
    files: dict[str, str],
    entry: dict[str, bool],
    facts: Facts,
) -> None:
    urls = frames(files, "1.png", "0.png")
    metadata = {"run": 7}
    manifest = {"image_groups": [{**urls, "title": "run 7", "clientMetadata": metadata, **entry}]}
    [item] = registered(folder, integration, manifest)
    assert (item.name, item.client_metadata) == ("run 7", metadata)
    assert facts_of(item, facts) == facts
    if facts is GROUP:
        children = list(item.get_child_items())
        assert [(child.url, child.width, child.height) for child in children] == [
            (url, 32, 24) for url in urls.values()
        ]


def test_numbered_frames_are_in_the_order_of_their_numbers(
    folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    urls = {number: bucket.put(f"{number}.png", media.image(shade=number)) for number in range(12)}
    frames = {f"objectUrl_{number}": urls[number] for number in (10, 2, 11, 1, 0, *range(3, 10))}
    [group] = registered(
        folder, integration, {"image_groups": [{"title": "g", **frames, "createVideo": False}]}
    )
    assert [child.url for child in group.get_child_items()] == list(urls.values())


def test_a_json_manifest_registers_a_dicom_series_and_its_files(
    folder: StorageFolder, integration: str, files: dict[str, str]
) -> None:
    urls = frames(files, "1.dcm", "2.dcm")
    manifest = {"dicom_series": [{"title": "scan", **urls, "clientMetadata": {"ward": 3}}]}
    [item] = registered(folder, integration, manifest)
    assert (item.name, item.client_metadata) == ("scan", {"ward": 3})
    assert facts_of(item, SERIES) == SERIES
    slices = list(item.get_child_items())
    assert {child.item_type for child in slices} == {StorageItemType.DICOM_FILE}
    assert {child.url: child.dicom_instance_uid for child in slices} == {
        url: f"{media.SERIES}.{number}" for number, url in enumerate(urls.values(), 1)
    }
    assert {(child.width, child.height) for child in slices} == {(8, 8)}


def test_a_json_manifest_registers_a_scene(
    folder: StorageFolder, integration: str, files: dict[str, str]
) -> None:
    scene = {"lidar": {"type": "point_cloud", "events": [{"uri": files["a.pcd"], "timestamp": 0}]}}
    [item] = registered(folder, integration, {"scenes": [{"title": "crossing", "scene": scene}]})
    assert (item.name, item.item_type) == ("crossing", StorageItemType.SCENE)


def everything(files: dict[str, str]) -> DataUploadItems:
    """Write a manifest of the SDK's own dialect with one item of each type."""
    settings = TimeSeriesViewSettings(channels={"speed": TimeSeriesLineChannelViewSettings(label="km/h")})
    return DataUploadItems(
        videos=[DataUploadVideo(object_url=files["a.mp4"], title="video")],
        images=[DataUploadImage(object_url=files["a.png"], title="image", client_metadata={"k": None})],
        audio=[DataUploadAudio(object_url=files["a.wav"], title="audio")],
        pdf=[DataUploadPDF(object_url=files["a.pdf"], title="pdf")],
        text=[DataUploadText(object_url=files["a.txt"], title="text")],
        nifti=[DataUploadNifti(object_url=files["a.nii"], title="nifti")],
        time_series=[DataUploadTimeSeries(object_url=files["a.csv"], title="signals", settings=settings)],
        scenes=[DataUploadScene(title="scene", scene={"url": files["a.pcd"], "format": "pcd"})],
        image_groups=[
            DataUploadImageGroup(
                images=[DataUploadImageGroupImage(url=files[name]) for name in ("0.png", "1.png")],
                title=title,
                create_video=create_video,
            )
            for title, create_video in (("group", False), ("sequence", True))
        ],
        dicom_series=[
            DataUploadDicomSeries(
                dicom_files=[
                    DataUploadDicomSeriesDicomFile(url=files[name], title=name) for name in ("1.dcm", "2.dcm")
                ],
                title="series",
            )
        ],
    )


def test_the_sdk_dialect_registers_every_type_in_one_job(
    folder: StorageFolder, integration: str, files: dict[str, str]
) -> None:
    expected = {
        "audio": AUDIO,
        "group": GROUP,
        "image": IMAGE,
        "nifti": NIFTI,
        "pdf": PDF,
        "scene": SCENE,
        "sequence": SEQUENCE,
        "series": SERIES,
        "signals": TIME_SERIES,
        "text": TEXT,
        "video": VIDEO,
    }
    state = register(folder, integration, everything(files))
    assert (state.status, state.units_done_count, state.units_error_count) == (LongPollingStatus.DONE, 11, 0)
    items = {item.name: item for item in folder.list_items()}
    assert {made.name: made.item_uuid for made in state.items_with_names} == {
        name: item.uuid for name, item in items.items()
    }
    assert {name: facts_of(items[name], facts) for name, facts in expected.items()} == expected
    assert items["image"].client_metadata == {"k": None}
    assert items["signals"].timeseries_settings is not None
    assert items["signals"].timeseries_settings.channels["speed"].label == "km/h"


def test_a_summary_counts_each_type(folder: StorageFolder, integration: str, files: dict[str, str]) -> None:
    register(folder, integration, everything(files))
    summary = folder.get_summary()
    assert (summary.videos, summary.audios, summary.pdfs, summary.plain_texts, summary.niftis) == (
        1,
        1,
        1,
        1,
        1,
    )
    assert (summary.image_groups, summary.image_sequences, summary.dicom_series) == (1, 1, 1)
    assert summary.images >= 1  # frames of groups may count too
    assert summary.total_size >= len(media.video())


def test_a_manifest_is_a_dict_a_text_or_a_file_that_lends_its_name(
    folder: StorageFolder, integration: str, files: dict[str, str], tmp_path: Path
) -> None:
    manifest = {"images": [{"objectUrl": files["a.png"], "title": "a"}]}
    file = tmp_path / "night shift.json"
    file.write_text(json.dumps(manifest))
    spellings: list[Manifest] = [manifest, json.dumps(manifest), file, str(file)]
    states = [register(folder, integration, spelling) for spelling in spellings]
    assert [state.file_name for state in states] == [None, None, "night shift.json", "night shift.json"]
    assert [item.name for item in folder.list_items()] == ["a"] * 4


@pytest.mark.parametrize(
    "flags",
    [
        {"skip_duplicate_urls": True, "upsert_metadata": True},
        {"skipDuplicateUrls": True, "upsertMetadata": True},
    ],
    ids=["snake", "camel"],
)
def test_the_flags_are_understood_in_both_cases(
    folder: StorageFolder, integration: str, files: dict[str, str], flags: dict[str, bool]
) -> None:
    for number in (1, 2):
        entry = {"objectUrl": files["a.png"], "clientMetadata": {"number": number}}
        register(folder, integration, {"images": [entry], **flags})
    assert [item.client_metadata for item in folder.list_items()] == [{"number": 2}]


def test_unknown_keys_and_nulls_in_a_json_manifest_are_passed_over(
    folder: StorageFolder, integration: str, files: dict[str, str]
) -> None:
    entry: dict[str, Any] = {
        "objectUrl": files["a.png"],
        "title": None,
        "imageMetadata": None,
        "clientMetadata": None,
        "createVideo": False,
        "colour": "blue",
    }
    [item] = registered(folder, integration, {"images": [entry], "videos": [], "comment": "x"})
    assert facts_of(item, IMAGE) == IMAGE
    assert item.client_metadata == {}

"""Files from this machine: sent to a signed URL, then registered without an integration."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from encord.dataset import Dataset
from encord.exceptions import EncordException
from encord.orm.storage import StorageItemType, StorageLocationName
from encord.storage import StorageFolder
from encord.user_client import EncordUserClient

from tests import media

Write = Callable[[str, bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Let the test write files by name, into one directory."""

    def write(name: str, body: bytes) -> Path:
        (tmp_path / name).write_bytes(body)
        return tmp_path / name

    return write


@pytest.mark.parametrize(
    ("upload", "name", "make", "item_type"),
    [
        (StorageFolder.upload_image, "a.png", media.image, StorageItemType.IMAGE),
        (StorageFolder.upload_video, "a.mp4", media.video, StorageItemType.VIDEO),
        (StorageFolder.upload_audio, "a.wav", media.audio, StorageItemType.AUDIO),
        (StorageFolder.upload_pdf, "a.pdf", media.pdf, StorageItemType.PDF),
        (StorageFolder.upload_text, "a.txt", lambda: b"words", StorageItemType.PLAIN_TEXT),
        (StorageFolder.upload_nifti, "a.nii", media.nifti, StorageItemType.NIFTI),
        (StorageFolder.upload_time_series, "a.csv", media.signals, StorageItemType.TIMESERIES),
        (StorageFolder.upload_scene_file, "a.pcd", media.point_cloud, StorageItemType.SCENE),
    ],
    ids=["image", "video", "audio", "pdf", "text", "nifti", "time series", "scene"],
)
def test_a_file_of_each_type_becomes_an_item(
    client: EncordUserClient,
    folder: StorageFolder,
    write: Write,
    *,
    upload: Callable[..., UUID],
    name: str,
    make: Callable[[], bytes],
    item_type: StorageItemType,
) -> None:
    body = make()
    uuid = upload(folder, write(name, body), client_metadata={"k": 1})
    item = client.get_storage_item(uuid)
    assert (item.name, item.item_type, item.client_metadata) == (name, item_type, {"k": 1})
    assert (item.parent_folder_uuid, item.integration_hash) == (folder.uuid, None)
    assert item.storage_location == StorageLocationName.ENCORD
    if item_type != StorageItemType.SCENE:
        assert item.file_size == len(body)
        assert httpx.get(str(item.get_signed_url())).content == body


def test_files_become_a_group_a_sequence_and_a_series(
    client: EncordUserClient, folder: StorageFolder, write: Write
) -> None:
    frames = [write(f"{number}.png", media.image(shade=number)) for number in range(2)]
    slices = [write(f"{number}.dcm", media.dicom(number)) for number in range(3)]
    made = [
        folder.create_image_group(frames, title="group"),
        folder.create_image_sequence(frames, title="sequence"),
        folder.create_dicom_series(slices, title="series"),
    ]
    group, sequence, series = client.get_storage_items(made)
    assert (group.item_type, len(list(group.get_child_items()))) == (StorageItemType.IMAGE_GROUP, 2)
    assert (sequence.item_type, sequence.frame_count) == (StorageItemType.IMAGE_SEQUENCE, 2)
    assert (series.item_type, len(list(series.get_child_items()))) == (StorageItemType.DICOM_SERIES, 3)


def test_a_file_that_is_not_what_it_is_called_is_refused(folder: StorageFolder, write: Write) -> None:
    with pytest.raises(EncordException):
        folder.upload_image(write("a.png", b"only words"))
    assert not [item for item in folder.list_items() if item.file_size]


def test_a_file_goes_into_a_dataset_and_a_folder_at_once(
    folder: StorageFolder, dataset: Dataset, write: Write
) -> None:
    video = dataset.upload_video(write("a.mp4", media.video()), folder=folder)
    image = dataset.upload_image(write("a.png", media.image()), folder=folder)
    assert {video.data_hash, image.data_hash} == {row.uid for row in dataset.list_data_rows()}
    assert sorted(item.name for item in folder.list_items()) == ["a.mp4", "a.png"]

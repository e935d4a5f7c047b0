"""Data rows: items linked to a dataset, listed by the legacy API, deleted."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from encord.constants.enums import DataType
from encord.dataset import Dataset
from encord.exceptions import EncordException
from encord.orm.dataset import (
    DataLinkDuplicatesBehavior,
    DatasetAccessSettings,
    StorageLocation,
)
from encord.storage import StorageFolder, StorageItem
from encord.user_client import EncordUserClient

from tests import media
from tests.bucket import Bucket
from tests.contract.registration import registered, trusted_images
from tests.contract.traffic import Traffic
from tests.contract.trouble import Trouble


def test_linked_items_become_data_rows(
    client: EncordUserClient, dataset: Dataset, images: list[StorageItem]
) -> None:
    linked = dataset.link_items([image.uuid for image in images])
    assert {row.backing_item_uuid for row in linked} == {image.uuid for image in images}
    rows = client.get_dataset(dataset.dataset_hash).data_rows
    assert {row.uid for row in rows} == {row.uid for row in linked}
    first = next(row for row in rows if row.title == "a.png")
    assert (first.data_type, first.file_link) == (DataType.IMAGE, "s3://b/a.png")
    assert (first.width, first.height, first.file_size, first.file_type) == (32, 24, 100, "image/png")
    assert first.storage_location == StorageLocation.S3_COMPATIBLE
    assert first.backing_item_uuid == images[0].uuid


def test_a_dataset_can_be_read_without_its_rows(
    client: EncordUserClient, dataset: Dataset, images: list[StorageItem]
) -> None:
    dataset.link_items([images[0].uuid])
    read = client.get_dataset(dataset.dataset_hash, include_data_rows=False)
    assert read.title == "fleet"
    assert [row.title for row in read.list_data_rows()] == ["a.png"]
    read.refetch_data()
    assert [row.title for row in read.data_rows] == ["a.png"]


def test_rows_carry_metadata_when_asked(
    client: EncordUserClient, dataset: Dataset, images: list[StorageItem]
) -> None:
    dataset.link_items([images[0].uuid])
    settings = DatasetAccessSettings(fetch_client_metadata=True)
    [row] = client.get_dataset(dataset.dataset_hash, settings).data_rows
    assert row.client_metadata == {"site": "north"}
    dataset.set_access_settings(settings)
    assert [dict(row.client_metadata or {}) for row in dataset.list_data_rows()] == [{"site": "north"}]


def test_rows_of_each_type_say_what_they_are(
    folder: StorageFolder, integration: str, bucket: Bucket, dataset: Dataset
) -> None:
    frames = {f"objectUrl_{number}": bucket.put(f"{number}.png", media.image()) for number in range(2)}
    slices = {f"objectUrl_{number}": bucket.put(f"{number}.dcm", media.dicom(number)) for number in range(2)}
    single = {
        "videos": ("a.mp4", media.video()),
        "audio": ("a.wav", media.audio()),
        "pdf": ("a.pdf", media.pdf()),
        "text": ("a.txt", b"words"),
        "nifti": ("a.nii", media.nifti()),
    }
    manifest: dict[str, object] = {
        kind: [{"objectUrl": bucket.put(name, body), "title": kind}] for kind, (name, body) in single.items()
    }
    manifest["image_groups"] = [
        {**frames, "title": title, "createVideo": title == "sequence"} for title in ("group", "sequence")
    ]
    manifest["dicom_series"] = [{**slices, "title": "series"}]
    items = registered(folder, integration, manifest)
    rows = {row.title: row for row in dataset.link_items([item.uuid for item in items])}
    assert {title: row.data_type for title, row in rows.items()} == {
        "videos": DataType.VIDEO,
        "audio": DataType.AUDIO,
        "pdf": DataType.PDF,
        "text": DataType.PLAIN_TEXT,
        "nifti": DataType.NIFTI,
        "group": DataType.IMG_GROUP,
        "sequence": DataType.IMG_GROUP,
        "series": DataType.DICOM,
    }
    assert (rows["videos"].frames_per_second, rows["videos"].duration) == (10, 1)
    assert rows["series"].file_link is None
    assert (rows["sequence"].is_image_sequence, bool(rows["group"].is_image_sequence)) == (True, False)


def test_rows_are_listed_by_title_type_time_and_hash(
    dataset: Dataset, images: list[StorageItem], trouble: Trouble
) -> None:
    [early] = dataset.link_items([images[0].uuid])
    trouble.advance_clock(seconds=3600)
    [late] = dataset.link_items([images[1].uuid])
    between = early.created_at + timedelta(minutes=30)

    def listed(**condition: object) -> list[str]:
        rows = dataset.list_data_rows(**condition)  # type: ignore[arg-type] # any of its conditions
        return sorted(row.title for row in rows)

    assert listed() == ["a.png", "b.png"]
    assert listed(title_eq="a.png") == ["a.png"]
    assert listed(title_like="b%") == ["b.png"]
    assert listed(title_like="%.png") == ["a.png", "b.png"]
    assert listed(data_types=[DataType.VIDEO]) == []
    assert listed(data_types=[DataType.VIDEO, DataType.IMAGE]) == ["a.png", "b.png"]
    assert listed(created_before=between) == ["a.png"]
    assert listed(created_after=between.isoformat()) == ["b.png"]
    assert listed(data_hashes=[late.uid]) == ["b.png"]
    assert listed(data_hashes=[early.uid, late.uid], title_eq="a.png") == ["a.png"]


def test_linking_twice_skips_what_is_there(dataset: Dataset, images: list[StorageItem]) -> None:
    dataset.link_items([images[0].uuid])
    rows = dataset.link_items([image.uuid for image in images])
    assert {images[1].uuid, images[2].uuid} <= {row.backing_item_uuid for row in rows}
    assert sorted(row.title for row in dataset.list_data_rows()) == ["a.png", "b.png", "c.png"]


def test_linking_twice_duplicates_when_asked(dataset: Dataset, images: list[StorageItem]) -> None:
    for _ in range(2):
        dataset.link_items([images[0].uuid], DataLinkDuplicatesBehavior.DUPLICATE)
    rows = dataset.list_data_rows()
    assert [row.backing_item_uuid for row in rows] == [images[0].uuid] * 2
    assert len({row.uid for row in rows}) == 2


def test_linking_twice_fails_whole_when_asked(dataset: Dataset, images: list[StorageItem]) -> None:
    dataset.link_items([images[0].uuid], DataLinkDuplicatesBehavior.FAIL)
    with pytest.raises(EncordException):
        dataset.link_items([images[1].uuid, images[0].uuid], DataLinkDuplicatesBehavior.FAIL)
    assert [row.title for row in dataset.list_data_rows()] == ["a.png"]


def test_linking_an_unknown_item_is_refused_whole(dataset: Dataset, images: list[StorageItem]) -> None:
    with pytest.raises(EncordException):
        dataset.link_items([images[0].uuid, uuid4()])
    assert dataset.list_data_rows() == []


def test_one_request_links_thousands(
    folder: StorageFolder, integration: str, dataset: Dataset, traffic: Traffic
) -> None:
    items = registered(folder, integration, trusted_images([f"s3://b/{n:04}.png" for n in range(2500)]))
    before = len(traffic.statuses("POST", "^/public"))
    assert len(dataset.link_items([item.uuid for item in items])) == 2500
    assert len(traffic.statuses("POST", "^/public")) == before + 1
    assert len(dataset.list_data_rows()) == 2500


def test_deleted_rows_leave_the_items(
    dataset: Dataset, folder: StorageFolder, images: list[StorageItem]
) -> None:
    rows = dataset.link_items([image.uuid for image in images])
    dataset.delete_data(rows[0].uid)
    assert len(dataset.list_data_rows()) == 2
    dataset.delete_data([row.uid for row in rows[1:]])
    assert dataset.list_data_rows() == []
    assert len(list(folder.list_items())) == 3


def test_a_deleted_item_leaves_no_row(dataset: Dataset, images: list[StorageItem]) -> None:
    dataset.link_items([image.uuid for image in images])
    images[0].delete()
    assert sorted(row.title for row in dataset.list_data_rows()) == ["b.png", "c.png"]


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda dataset: dataset.list_data_rows(), id="rows"),
        pytest.param(lambda dataset: dataset.link_items([]), id="link nothing"),
    ],
)
def test_no_rows_are_an_empty_list(dataset: Dataset, ask: Callable[[Dataset], list[object]]) -> None:
    assert ask(dataset) == []

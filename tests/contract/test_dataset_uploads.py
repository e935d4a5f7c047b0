"""Uploads by the legacy API: into a folder and a dataset at once."""

from uuid import uuid4

import pytest
from encord.dataset import Dataset
from encord.exceptions import EncordException
from encord.orm.dataset import (
    LongPollingStatus,
    StorageLocation,
)
from encord.storage import StorageFolder
from encord.user_client import EncordUserClient

from tests import media
from tests.bucket import Bucket
from tests.contract.registration import urls_of
from tests.contract.traffic import Traffic
from tests.contract.trouble import Trouble


def test_an_upload_into_a_dataset_registers_in_a_folder_and_links(
    dataset: Dataset, folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    url = bucket.put("a.png", media.image())
    manifest = {"images": [{"objectUrl": url, "title": "a"}]}
    job = dataset.add_private_data_to_dataset_start(integration, manifest, folder=folder)
    state = dataset.add_private_data_to_dataset_get_result(job, timeout_seconds=30)
    assert (state.status, state.units_done_count, state.units_error_count) == (LongPollingStatus.DONE, 1, 0)
    [item] = folder.list_items()
    [row] = dataset.list_data_rows()
    [made] = state.data_hashes_with_titles
    assert (made.data_hash, made.title, made.backing_item_uuid) == (row.uid, "a", item.uuid)
    assert (row.backing_item_uuid, row.file_link) == (item.uuid, url)


def test_an_upload_into_a_dataset_reports_what_it_refuses(
    dataset: Dataset, folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    bad = bucket.put("bad.png", b"only words")
    manifest = {"images": [{"objectUrl": bucket.put("a.png", media.image())}, {"objectUrl": bad}]}
    job = dataset.add_private_data_to_dataset_start(
        integration, manifest, ignore_errors=True, folder=folder.uuid
    )
    state = dataset.add_private_data_to_dataset_get_result(job, timeout_seconds=30)
    assert (state.status, state.units_done_count, state.units_error_count) == (LongPollingStatus.DONE, 1, 1)
    assert [error.object_urls for error in state.data_unit_errors] == [[bad]]
    assert len(dataset.list_data_rows()) == 1


def test_an_upload_into_a_dataset_that_minds_errors_raises(
    client: EncordUserClient, integration: str, bucket: Bucket
) -> None:
    mirror = client.get_dataset(client.create_dataset("mirror", StorageLocation.AWS).dataset_hash)
    manifest = {"images": [{"objectUrl": bucket.url("nowhere.png")}]}
    with pytest.raises(EncordException):
        mirror.add_private_data_to_dataset(integration, manifest)
    assert mirror.list_data_rows() == []


def test_an_upload_into_a_mirror_dataset_lands_in_its_folder(
    client: EncordUserClient, integration: str, bucket: Bucket
) -> None:
    made = client.create_dataset("mirror", StorageLocation.AWS)
    url = bucket.put("a.png", media.image())
    mirror = client.get_dataset(made.dataset_hash)
    response = mirror.add_private_data_to_dataset(integration, {"images": [{"objectUrl": url}]})
    [info] = response.dataset_data_list
    assert made.backing_folder_uuid is not None
    [item] = client.get_storage_folder(made.backing_folder_uuid).list_items()
    assert (info.backing_item_uuid, item.url) == (item.uuid, url)
    assert [row.uid for row in mirror.list_data_rows()] == [info.data_hash]


def test_a_poll_of_a_dataset_upload_is_held_too(
    dataset: Dataset, folder: StorageFolder, integration: str, trouble: Trouble, traffic: Traffic
) -> None:
    trouble.hold_jobs()
    manifest = {"images": [{"objectUrl": "s3://b/a.png"}]}
    job = dataset.add_private_data_to_dataset_start(integration, manifest, folder=folder)
    before = len(traffic.statuses("POST", "^/public"))
    state = dataset.add_private_data_to_dataset_get_result(job, timeout_seconds=2)
    assert (state.status, state.units_pending_count) == (LongPollingStatus.PENDING, 1)
    assert len(traffic.statuses("POST", "^/public")) <= before + 2


def test_an_unknown_dataset_upload_is_refused(dataset: Dataset) -> None:
    with pytest.raises(EncordException):
        dataset.add_private_data_to_dataset_get_result(str(uuid4()), timeout_seconds=1)


def test_uploading_again_links_nothing_twice(
    dataset: Dataset, folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    url = bucket.put("a.png", media.image())
    manifest = {"images": [{"objectUrl": url}], "skip_duplicate_urls": True}
    for _ in range(2):
        job = dataset.add_private_data_to_dataset_start(integration, manifest, folder=folder)
        dataset.add_private_data_to_dataset_get_result(job, timeout_seconds=30)
    assert urls_of(folder) == [url]
    assert len(dataset.list_data_rows()) == 1

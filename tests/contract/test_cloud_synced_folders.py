"""Folders that follow a prefix of a bucket."""

from uuid import UUID, uuid4

import pytest
from encord.exceptions import EncordException
from encord.orm.storage import (
    CloudSyncedFolderParams,
    StorageFolderType,
    StorageItemType,
    SyncPrivateDataWithCloudSyncedFolderGetResultResponse,
    SyncPrivateDataWithCloudSyncedFolderStatus,
)
from encord.storage import SidecarMatcherSuffix, StorageFolder, StorageItem
from encord.user_client import EncordUserClient

from tests import media
from tests.bucket import Bucket
from tests.contract.registration import is_tombstone
from tests.contract.traffic import Traffic

DONE = SyncPrivateDataWithCloudSyncedFolderStatus.DONE

SyncResult = SyncPrivateDataWithCloudSyncedFolderGetResultResponse


@pytest.fixture
def synced(client: EncordUserClient, integration: str, bucket: Bucket) -> StorageFolder:
    """Make a folder that follows the test's prefix."""
    params = CloudSyncedFolderParams(integration_uuid=UUID(integration), remote_url=bucket.url(""))
    return client.create_storage_folder("synced", cloud_synced_folder_params=params)


def sync(folder: StorageFolder) -> SyncResult:
    """Synchronise and wait."""
    job = folder.sync_private_data_with_cloud_synced_folder_start()
    return folder.sync_private_data_with_cloud_synced_folder_get_result(job, timeout_seconds=60)


def items(folder: StorageFolder) -> dict[str | None, StorageItem]:
    """List the folder and what is below; items by URL."""
    every = list(StorageItemType)
    return {item.url: item for item in folder.find_items(item_types=every, page_size=1000)}


def living(folder: StorageFolder) -> list[str]:
    """List the URLs of items that stand for an object which is there."""
    found = items(folder).values()
    return sorted(str(item.url) for item in found if not is_tombstone(item))


def test_a_synced_folder_says_what_it_follows(
    client: EncordUserClient, synced: StorageFolder, integration: str, bucket: Bucket
) -> None:
    for folder in (synced, client.get_storage_folder(synced.uuid)):
        assert (folder.is_cloud_synced, folder.folder_type) == (True, StorageFolderType.CLOUD_LINKED)
        assert folder.integration_hash == UUID(integration)
        assert folder.remote_url == bucket.url("")


def test_a_folder_that_follows_an_unknown_integration_is_refused(
    client: EncordUserClient, bucket: Bucket
) -> None:
    params = CloudSyncedFolderParams(integration_uuid=uuid4(), remote_url=bucket.url(""))
    with pytest.raises(EncordException):
        client.create_storage_folder("orphan", cloud_synced_folder_params=params)
    assert not list(client.find_storage_folders(search="orphan"))


def test_a_sync_registers_what_it_finds(synced: StorageFolder, bucket: Bucket) -> None:
    urls = {
        bucket.put("a.mp4", media.video()): StorageItemType.VIDEO,
        bucket.put("a.png", media.image()): StorageItemType.IMAGE,
        bucket.put("a.wav", media.audio()): StorageItemType.AUDIO,
        bucket.put("a.pdf", media.pdf()): StorageItemType.PDF,
        bucket.put("a.txt", b"words"): StorageItemType.PLAIN_TEXT,
        bucket.put("deep/down/żółw 1.png", media.image()): StorageItemType.IMAGE,
    }
    result = sync(synced)
    assert result.status == DONE
    assert (result.scan_pages_processing_pending, result.scan_pages_processing_error) == (0, 0)
    assert result.scan_pages_processing_done >= 1
    assert (result.upload_jobs_pending, result.upload_jobs_error) == (0, 0)
    assert (result.upload_jobs_units_pending, result.upload_jobs_units_done) == (0, len(urls))
    assert (result.upload_jobs_units_error, result.upload_jobs_units_cancelled) == (0, 0)
    assert {url: item.item_type for url, item in items(synced).items()} == urls
    assert items(synced)[bucket.url("a.png")].width == 32


def test_a_sync_of_nothing_is_done(synced: StorageFolder) -> None:
    assert sync(synced).status == DONE
    assert items(synced) == {}


def test_a_sync_that_meets_a_broken_file_is_done_and_counts_it(synced: StorageFolder, bucket: Bucket) -> None:
    good = bucket.put("good.png", media.image())
    bucket.put("bad.png", b"only words")
    result = sync(synced)
    assert (result.status, result.upload_jobs_units_done, result.upload_jobs_units_error) == (DONE, 1, 1)
    assert living(synced) == [good]


def test_a_second_sync_registers_only_what_is_new(synced: StorageFolder, bucket: Bucket) -> None:
    first = bucket.put("1.png", media.image())
    sync(synced)
    before = items(synced)[first].uuid
    second = bucket.put("2.png", media.image())
    assert sync(synced).upload_jobs_units_done == 1
    assert living(synced) == [first, second]
    assert items(synced)[first].uuid == before


def test_an_object_that_vanished_leaves_a_tombstone_and_rises_when_it_returns(
    client: EncordUserClient, synced: StorageFolder, bucket: Bucket
) -> None:
    urls = [bucket.put(f"{number}.png", media.image()) for number in range(2)]
    sync(synced)
    item = items(synced)[urls[0]]
    bucket.delete("0.png")
    sync(synced)
    assert living(synced) == urls[1:]
    assert is_tombstone(client.get_storage_item(item.uuid))
    assert synced.get_summary().tombstones == 1
    bucket.put("0.png", media.image())
    sync(synced)
    assert living(synced) == urls
    assert items(synced)[urls[0]].uuid == item.uuid


def test_an_object_that_changed_is_read_again(synced: StorageFolder, bucket: Bucket) -> None:
    url = bucket.put("a.png", media.image())
    sync(synced)
    before = items(synced)[url]
    bucket.put("a.png", media.image(width=80, height=60))
    sync(synced)
    after = items(synced)[url]
    assert (before.width, after.width, after.height) == (32, 80, 60)
    assert after.uuid == before.uuid


def test_a_synced_folder_sees_only_its_prefix(
    client: EncordUserClient, integration: str, bucket: Bucket
) -> None:
    bucket.put("elsewhere/a.png", media.image())
    inside = bucket.put("here/a.png", media.image())
    params = CloudSyncedFolderParams(integration_uuid=UUID(integration), remote_url=bucket.url("here/"))
    folder = client.create_storage_folder("here", cloud_synced_folder_params=params)
    sync(folder)
    assert living(folder) == [inside]


def test_a_bucket_that_cannot_be_listed_ends_the_sync_in_error(
    client: EncordUserClient, integration: str, bucket: Bucket
) -> None:
    remote_url = f"{bucket.server.endpoint}/no-such-bucket/"
    params = CloudSyncedFolderParams(integration_uuid=UUID(integration), remote_url=remote_url)
    result = sync(client.create_storage_folder("broken", cloud_synced_folder_params=params))
    assert result.status == SyncPrivateDataWithCloudSyncedFolderStatus.ERROR
    assert result.scan_pages_processing_error >= 1


def test_a_plain_folder_does_not_sync(folder: StorageFolder) -> None:
    with pytest.raises(EncordException):
        folder.sync_private_data_with_cloud_synced_folder_start()


def test_an_unknown_sync_is_refused(synced: StorageFolder) -> None:
    with pytest.raises(EncordException):
        synced.sync_private_data_with_cloud_synced_folder_get_result(uuid4(), timeout_seconds=1)


def test_a_poll_of_a_sync_by_two_words_of_path_is_one_request(
    synced: StorageFolder, bucket: Bucket, traffic: Traffic
) -> None:
    bucket.put("a.png", media.image())
    sync(synced)
    assert traffic.statuses("POST", "/cloud-synced-folder-syncs$") == [200]
    assert traffic.statuses("GET", "/cloud-linked-folder-syncs/[^/]+/long-polling") == [200]


def test_sidecars_become_the_metadata_of_the_files_beside_them(synced: StorageFolder, bucket: Bucket) -> None:
    synced.enable_metadata_ingestion()
    picture = bucket.put("a.png", media.image())
    bucket.put("a.png.metadata.json", b'{"site": "north", "n": null}')
    sync(synced)
    assert living(synced) == [picture]
    assert items_metadata(synced) == {picture: {"site": "north", "n": None}}


def items_metadata(folder: StorageFolder) -> dict[str | None, dict[str, object] | None]:
    """Return the metadata of the folder's items, by URL."""
    return {item.url: item.client_metadata for item in folder.list_items()}


def test_sidecars_have_the_suffix_that_was_set(synced: StorageFolder, bucket: Bucket) -> None:
    synced.enable_metadata_ingestion(SidecarMatcherSuffix(suffix=".meta"))
    picture = bucket.put("a.png", media.image())
    bucket.put("a.png.meta", b'{"site": "south"}')
    sync(synced)
    assert items_metadata(synced)[picture] == {"site": "south"}


def test_paused_ingestion_leaves_the_metadata(synced: StorageFolder, bucket: Bucket) -> None:
    synced.enable_metadata_ingestion(paused=True)
    picture = bucket.put("a.png", media.image())
    bucket.put("a.png.metadata.json", b'{"site": "north"}')
    sync(synced)
    assert items_metadata(synced)[picture] == {}


def test_the_configuration_of_a_folder_is_kept(client: EncordUserClient, synced: StorageFolder) -> None:
    assert synced.get_folder_config().metadata_ingestion is None
    synced.enable_metadata_ingestion(SidecarMatcherSuffix(suffix=".meta"), paused=True)
    config = client.get_storage_folder(synced.uuid).get_folder_config()
    assert config.metadata_ingestion is not None
    assert (config.metadata_ingestion.matcher.suffix, config.metadata_ingestion.paused) == (".meta", True)

"""Items whose objects moved: to another URL, another integration."""

from uuid import UUID, uuid4

import pytest
from encord.exceptions import EncordException
from encord.http.bundle import Bundle
from encord.storage import StorageFolder, StorageItem
from encord.user_client import EncordUserClient
from encord.utilities.storage.cloud_data_migration import update_storage_item_cloud_info

from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.testing import RunningSandbox
from tests import media
from tests.bucket import Bucket
from tests.contract.registration import registered, urls_of


@pytest.fixture
def other(sandbox: RunningSandbox, s3_integration: Integration) -> str:
    """Add a second integration that reads the same server."""
    return sandbox.add_integration(s3_integration.model_copy(update={"uuid": uuid4(), "title": "other"}))


def test_an_item_follows_its_object_to_another_url_and_integration(
    client: EncordUserClient, folder: StorageFolder, integration: str, bucket: Bucket, other: str
) -> None:
    before, after = (bucket.put(key, media.image()) for key in ("before.png", "after.png"))
    [item] = registered(folder, integration, {"images": [{"objectUrl": before, "title": "a"}]})
    update_storage_item_cloud_info(client, before, new_url=after, new_cloud_integration=other)
    item.refetch_data()
    assert (item.url, item.integration_hash) == (after, UUID(other))
    update_storage_item_cloud_info(client, item, new_cloud_integration=integration)
    item.refetch_data()
    assert (item.url, item.integration_hash) == (after, UUID(integration))


def test_a_migration_to_an_object_that_is_not_there_is_refused(
    client: EncordUserClient, folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    url = bucket.put("a.png", media.image())
    [item] = registered(folder, integration, {"images": [{"objectUrl": url}]})
    with pytest.raises(EncordException):
        update_storage_item_cloud_info(client, item, new_url=bucket.url("nowhere.png"))
    assert urls_of(folder) == [url]
    unchecked = bucket.url("nowhere.png")
    update_storage_item_cloud_info(client, item, new_url=unchecked, verify_access=False)
    assert urls_of(folder) == [unchecked]


def test_a_migration_of_an_unknown_url_is_refused_unless_it_may_be_missing(
    client: EncordUserClient, folder: StorageFolder, images: list[StorageItem]
) -> None:
    def migrate(*, skip_missing: bool) -> None:
        with Bundle() as bundle:
            for url in ("s3://b/a.png", "s3://b/unknown.png"):
                update_storage_item_cloud_info(
                    client,
                    url,
                    new_url=f"{url}.moved",
                    verify_access=False,
                    skip_missing=skip_missing,
                    bundle=bundle,
                )

    with pytest.raises(EncordException):
        migrate(skip_missing=False)
    assert urls_of(folder)[0] == images[0].url
    migrate(skip_missing=True)
    assert urls_of(folder)[0] == "s3://b/a.png.moved"


def test_a_migration_leaves_items_of_another_integration_alone(
    client: EncordUserClient, folder: StorageFolder, images: list[StorageItem]
) -> None:
    update_storage_item_cloud_info(
        client,
        "s3://b/a.png",
        new_url="s3://b/moved.png",
        from_cloud_integration=uuid4(),
        verify_access=False,
        skip_missing=True,
    )
    assert urls_of(folder)[0] == images[0].url

"""Items: changed, moved, deleted."""

from uuid import uuid4

import httpx
import pytest
from encord.exceptions import AuthorisationError, EncordException
from encord.http.bundle import Bundle
from encord.orm.storage import TimeSeriesPointsChannelViewSettings, TimeSeriesViewSettings
from encord.storage import StorageFolder, StorageItem
from encord.user_client import EncordUserClient

from encord_provider.sandbox.testing import RunningSandbox
from tests import media
from tests.bucket import Bucket
from tests.contract.registration import register, registered, stems_of, trusted_images
from tests.contract.traffic import Traffic
from tests.contract.trouble import Trouble
from tests.contract.wire import key_of, send, signed


def test_an_update_replaces_the_metadata_and_keeps_the_rest(
    client: EncordUserClient, images: list[StorageItem]
) -> None:
    item = images[0]
    item.update(client_metadata={"weather": None, "emb": [1.0, 2.5]})
    read = client.get_storage_item(item.uuid)
    assert read.client_metadata == item.client_metadata == {"weather": None, "emb": [1.0, 2.5]}
    assert (read.name, read.url, read.file_size) == (item.name, item.url, 100)
    read.update(name="renamed")
    again = client.get_storage_item(item.uuid)
    assert (again.name, again.client_metadata) == ("renamed", read.client_metadata)


def test_the_view_of_a_time_series_is_changed_and_reset(
    client: EncordUserClient, folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    url = bucket.put("a.csv", media.signals())
    [item] = registered(folder, integration, {"time_series": [{"objectUrl": url}]})
    view = TimeSeriesViewSettings(channels={"speed": TimeSeriesPointsChannelViewSettings(color="#0a0")})
    item.update(timeseries_settings=view)
    assert client.get_storage_item(item.uuid).timeseries_settings == view
    item.update(timeseries_settings=None)
    assert client.get_storage_item(item.uuid).timeseries_settings is None


def test_an_edit_moves_the_time_of_the_last_edit(
    client: EncordUserClient, images: list[StorageItem], trouble: Trouble
) -> None:
    trouble.advance_clock(seconds=3600)
    images[0].update(name="renamed")
    read = client.get_storage_item(images[0].uuid)
    assert read.created_at == images[0].created_at
    assert (read.last_edited_at - read.created_at).total_seconds() >= 3600


def test_a_bundle_of_2500_updates_goes_in_three_requests(
    folder: StorageFolder, integration: str, traffic: Traffic
) -> None:
    urls = [f"s3://b/{number:04}.png" for number in range(2500)]
    register(folder, integration, trusted_images(urls))
    items = list(folder.list_items(page_size=1000))
    with Bundle() as bundle:
        for number, item in enumerate(items):
            item.update(client_metadata={"number": number}, bundle=bundle)
    assert traffic.statuses("PATCH", "/storage/items/patch-bulk") == [200, 200, 200]
    assert [item.client_metadata for item in items] == [{"number": number} for number in range(2500)]
    read = folder.list_items(page_size=1000)
    assert [item.client_metadata for item in read] == [{"number": number} for number in range(2500)]


def test_of_two_updates_of_one_item_in_a_bundle_the_last_is_kept(
    client: EncordUserClient, images: list[StorageItem]
) -> None:
    with Bundle() as bundle:
        images[0].update(name="first", bundle=bundle)
        images[0].update(client_metadata={"second": True}, bundle=bundle)
    read = client.get_storage_item(images[0].uuid)
    assert (read.name, read.client_metadata) == ("a.png", {"second": True})


def rename(items: list[StorageItem], name: str, bundle: Bundle) -> None:
    """Give all *items* one name."""
    for item in items:
        item.update(name=name, bundle=bundle)
    bundle.execute()


def test_a_bundle_with_an_unknown_item_changes_nothing_in_its_request(
    client: EncordUserClient, images: list[StorageItem]
) -> None:
    images[2].delete()
    with pytest.raises(AuthorisationError):
        rename(images, "changed", Bundle(bundle_size=2))
    assert [client.get_storage_item(item.uuid).name for item in images[:2]] == ["changed", "changed"]
    with pytest.raises(AuthorisationError):
        rename(images, "changed again", Bundle())
    assert [client.get_storage_item(item.uuid).name for item in images[:2]] == ["changed", "changed"]


def test_metadata_comes_back_as_the_json_that_postgres_would_keep(
    client: EncordUserClient, images: list[StorageItem]
) -> None:
    forwards, backwards, _ = images
    forwards.update(client_metadata={"b": 1, "a": {"y": 1, "x": 2}})
    backwards.update(client_metadata={"a": {"x": 2, "y": 1}, "b": 1})
    read = client.get_storage_items([forwards.uuid, backwards.uuid])
    assert len({str(item.client_metadata) for item in read}) == 1  # the order of keys is lost
    assert read[0].client_metadata == {"a": {"x": 2, "y": 1}, "b": 1}


def test_of_two_values_under_one_key_the_last_is_kept(
    client: EncordUserClient, folder: StorageFolder, images: list[StorageItem], sandbox: RunningSandbox
) -> None:
    url = f"{sandbox.url}/v2/public/storage/folders/{folder.uuid}/items/{images[0].uuid}"
    body = b'{"clientMetadata": {"key": 1, "other": {"x": 1, "x": 2}, "key": 3}}'
    assert send(signed(key_of(sandbox.private_key), "PATCH", url, body)).status_code == httpx.codes.OK
    assert client.get_storage_item(images[0].uuid).client_metadata == {"key": 3, "other": {"x": 2}}


def test_metadata_with_a_zero_character_is_refused(
    client: EncordUserClient, images: list[StorageItem]
) -> None:
    for unstorable in ({"key": "a\x00b"}, {"a\x00b": 1}, {"deep": [{"x": "\x00"}]}):
        with pytest.raises(EncordException):
            images[0].update(client_metadata=unstorable)
    assert client.get_storage_item(images[0].uuid).client_metadata == {"site": "north"}


def test_a_number_that_json_has_not_becomes_null(client: EncordUserClient, images: list[StorageItem]) -> None:
    images[0].update(client_metadata={"nan": float("nan"), "infinity": float("inf"), "one": 1})
    read = client.get_storage_item(images[0].uuid)
    assert read.client_metadata == {"nan": None, "infinity": None, "one": 1}


def test_a_deleted_item_is_gone(
    client: EncordUserClient, folder: StorageFolder, images: list[StorageItem]
) -> None:
    images[0].delete()
    assert stems_of(folder) == ["b", "c"]
    with pytest.raises(AuthorisationError):
        client.get_storage_item(images[0].uuid)
    folder.delete_storage_items([images[1].uuid, images[2].uuid])
    assert stems_of(folder) == []


def test_a_deleted_url_can_be_registered_anew(
    folder: StorageFolder, images: list[StorageItem], integration: str
) -> None:
    images[0].delete()
    register(folder, integration, trusted_images(["s3://b/a.png"], skip_duplicate_urls=True))
    assert stems_of(folder) == ["a", "b", "c"]


def test_items_move_alone_or_together(
    client: EncordUserClient, folder: StorageFolder, images: list[StorageItem]
) -> None:
    target = client.create_storage_folder("target")
    images[0].move_to_folder(target)
    assert images[0].parent_folder_uuid == target.uuid
    folder.move_items_to_folder(target, [images[1], images[2].uuid])
    assert (stems_of(folder), stems_of(target)) == ([], ["a", "b", "c"])


def test_items_do_not_move_to_an_unknown_folder(folder: StorageFolder, images: list[StorageItem]) -> None:
    with pytest.raises(AuthorisationError):
        images[0].move_to_folder(uuid4())
    assert stems_of(folder) == ["a", "b", "c"]


def test_only_children_of_a_folder_are_deleted_through_it(
    client: EncordUserClient, folder: StorageFolder, images: list[StorageItem]
) -> None:
    with pytest.raises(EncordException):
        client.create_storage_folder("other").delete_storage_items([images[0].uuid])
    assert stems_of(folder) == ["a", "b", "c"]

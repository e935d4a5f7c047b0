"""Items: listed, found, read, signed."""

from uuid import UUID, uuid4

import httpx
import pytest
from encord.dataset import Dataset
from encord.exceptions import AuthorisationError
from encord.orm.storage import (
    FoldersSortBy,
    StorageItemType,
    StorageLocationName,
)
from encord.storage import StorageFolder, StorageItem
from encord.user_client import EncordUserClient

from tests import media
from tests.bucket import Bucket
from tests.contract.registration import register, registered, stems_of, trusted_images
from tests.contract.traffic import Traffic
from tests.contract.trouble import Trouble


def test_an_item_says_all_that_encord_knows_of_it(
    client: EncordUserClient, folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    picture = media.image(width=40, height=30)
    url = bucket.put("street.png", picture)
    manifest = {"images": [{"objectUrl": url, "title": "street", "clientMetadata": {"k": [1, None]}}]}
    [listed] = registered(folder, integration, manifest)
    for item in (listed, client.get_storage_item(listed.uuid), client.get_storage_item(str(listed.uuid))):
        assert (item.uuid, item.name, item.url) == (listed.uuid, "street", url)
        assert item.item_type == StorageItemType.IMAGE
        assert item.parent_folder_uuid == item.parent_folder().uuid == folder.uuid
        assert item.client_metadata == {"k": [1, None]}
        assert (item.mime_type, item.file_size) == ("image/png", len(picture))
        assert (item.width, item.height) == (40, 30)
        assert (item.duration, item.fps, item.audio_codec, item.dicom_study_uid) == (None, None, None, None)
        assert item.storage_location == StorageLocationName.S3_COMPATIBLE
        assert item.integration_hash == UUID(integration)
        assert item.created_at == listed.created_at <= item.last_edited_at


def test_an_unknown_item_is_forbidden_and_not_missing(client: EncordUserClient) -> None:
    with pytest.raises(AuthorisationError):
        client.get_storage_item(uuid4())


def test_items_are_listed_by_name_or_by_age_either_way(
    folder: StorageFolder, integration: str, trouble: Trouble
) -> None:
    for name in "bca":
        register(folder, integration, trusted_images([f"s3://b/{name}.png"]))
        trouble.advance_clock(seconds=60)
    by_age = FoldersSortBy.CREATED_AT
    assert stems_of(folder) == ["a", "b", "c"]
    assert stems_of(folder, desc=True) == ["c", "b", "a"]
    assert stems_of(folder, order=by_age) == ["b", "c", "a"]
    assert stems_of(folder, order=by_age, desc=True) == ["a", "c", "b"]


def test_pages_hold_each_item_once(folder: StorageFolder, integration: str, traffic: Traffic) -> None:
    manifest = trusted_images([f"s3://b/{number}/same.png" for number in range(5)])
    register(folder, integration, manifest)
    listed = [item.url for item in folder.list_items(page_size=2)]
    assert sorted(map(str, listed)) == sorted(image.object_url for image in manifest.images)
    assert traffic.statuses("GET", f"/folders/{folder.uuid}/items") == [200, 200, 200]


def test_items_are_searched_by_a_part_of_their_name(
    folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    manifest = {
        "images": [
            {"objectUrl": bucket.put(f"{number}.png", media.image()), "title": title}
            for number, title in enumerate(["left lane", "right lane", "sky"])
        ]
    }
    register(folder, integration, manifest)
    assert stems_of(folder, search="lane") == ["left lane", "right lane"]
    assert stems_of(folder, search="t lane") == ["left lane", "right lane"]
    assert stems_of(folder, search="rail") == []


def test_items_are_listed_by_type(folder: StorageFolder, integration: str, bucket: Bucket) -> None:
    manifest = {
        "images": [{"objectUrl": bucket.put("a.png", media.image()), "title": "image"}],
        "audio": [{"objectUrl": bucket.put("a.wav", media.audio()), "title": "sound"}],
        "pdf": [{"objectUrl": bucket.put("a.pdf", media.pdf()), "title": "paper"}],
    }
    register(folder, integration, manifest)
    assert stems_of(folder, item_types=[StorageItemType.AUDIO]) == ["sound"]
    assert stems_of(folder, item_types=[StorageItemType.PDF, StorageItemType.IMAGE]) == ["image", "paper"]
    assert stems_of(folder, item_types=[StorageItemType.VIDEO]) == []


def test_items_are_listed_by_whether_a_dataset_has_them(
    folder: StorageFolder, images: list[StorageItem], dataset: Dataset
) -> None:
    dataset.link_items([images[1].uuid])
    assert stems_of(folder, is_in_dataset=True) == ["b"]
    assert stems_of(folder, is_in_dataset=False) == ["a", "c"]


def test_metadata_can_be_left_out_of_a_list_or_fetched_beside_it(
    folder: StorageFolder, images: list[StorageItem]
) -> None:
    assert [image.client_metadata for image in images] == [{"site": "north"}] * 3
    bare = list(folder.list_items(include_client_metadata=False))
    assert [item.client_metadata for item in bare] == [{}] * 3
    beside = list(folder.list_items(resolve_client_metadata_locally=True, page_size=2))
    assert [item.client_metadata for item in beside] == [{"site": "north"}] * 3


def test_a_list_is_one_level_deep_and_a_search_goes_down(
    folder: StorageFolder, images: list[StorageItem], integration: str
) -> None:
    register(folder.create_subfolder("below"), integration, trusted_images(["s3://b/deep-a.png"]))
    assert stems_of(folder) == ["a", "b", "c"]
    found = folder.find_items(search="a.png", item_types=[StorageItemType.IMAGE])
    assert [item.name for item in found] == ["a.png", "deep-a.png"]
    assert len(list(folder.find_items(item_types=[StorageItemType.IMAGE], page_size=1))) == len(images) + 1


def test_items_are_found_from_the_root(client: EncordUserClient, images: list[StorageItem]) -> None:
    with pytest.warns(DeprecationWarning, match="get_storage_items"):
        found = list(client.find_storage_items(search="b.png"))
    assert {item.name for item in found} == {"b.png"}
    assert images[1].uuid in {item.uuid for item in found}


def test_many_items_are_read_at_once_in_the_order_asked_for(
    client: EncordUserClient, images: list[StorageItem], traffic: Traffic
) -> None:
    wanted = [images[2].uuid, images[0].uuid, images[1].uuid]
    assert [item.uuid for item in client.get_storage_items(wanted)] == wanted
    assert traffic.statuses("POST", "/storage/items/get-bulk") == [200]


def test_one_unknown_item_among_many_is_forbidden(
    client: EncordUserClient, images: list[StorageItem]
) -> None:
    with pytest.raises(AuthorisationError):
        client.get_storage_items([images[0].uuid, uuid4()])


def test_a_signed_url_gives_the_bytes_to_anyone(
    client: EncordUserClient, folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    picture = media.image()
    url = bucket.put("a b+c#d%e?é.png", picture)
    [item] = registered(folder, integration, {"images": [{"objectUrl": url}]})
    assert httpx.get(url).status_code == httpx.codes.FORBIDDEN
    listed = next(iter(folder.list_items(get_signed_urls=True)))
    one = client.get_storage_item(item.uuid, sign_url=True)
    [many] = client.get_storage_items([item.uuid], sign_url=True)
    for found in (item, listed, one, many):
        address = found.get_signed_url()
        assert address is not None
        assert httpx.get(address).content == picture


def test_a_list_carries_signed_urls_only_when_asked(
    folder: StorageFolder, integration: str, bucket: Bucket, traffic: Traffic
) -> None:
    manifest = {"images": [{"objectUrl": bucket.put("a.png", media.image())}]}
    [bare] = registered(folder, integration, manifest)
    [signed] = folder.list_items(get_signed_urls=True)
    reads = f"/storage/items/{bare.uuid}"
    assert signed.get_signed_url()
    assert traffic.statuses("GET", reads) == []  # it came with the list
    assert bare.get_signed_url()
    assert traffic.statuses("GET", reads) == [200]  # it was fetched


def test_an_item_knows_the_datasets_that_use_it(images: list[StorageItem], dataset: Dataset) -> None:
    assert images[0].get_summary().used_in_datasets == 0
    [row] = dataset.link_items([images[0].uuid])
    summary = images[0].get_summary()
    assert summary.used_in_datasets == 1
    [used] = summary.accessible_datasets
    assert (UUID(used.dataset_hash), used.title) == (UUID(dataset.dataset_hash), "fleet")
    assert used.data_hashes == [UUID(row.uid)]

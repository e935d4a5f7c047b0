"""Frames: the items that a group is made of."""

from pathlib import PurePosixPath

import httpx
import pytest
from encord.exceptions import AuthorisationError
from encord.orm.storage import (
    DataUploadImageGroupFromItems,
    DataUploadItems,
    StorageItemType,
)
from encord.storage import StorageFolder, StorageItem
from encord.user_client import EncordUserClient

from tests import media
from tests.bucket import Bucket
from tests.contract.registration import register, registered


def names(folder: StorageFolder, **listing: object) -> list[str]:
    """List a folder and keep the stems of the items' names."""
    return [PurePosixPath(item.name).stem for item in folder.list_items(**listing)]  # type: ignore[arg-type] # any of its arguments


def test_a_group_has_no_signed_url_but_its_children_have(
    folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    frames = {
        f"objectUrl_{number}": bucket.put(f"{number}.png", media.image(shade=number)) for number in range(3)
    }
    [group] = registered(
        folder, integration, {"image_groups": [{**frames, "title": "g", "createVideo": False}]}
    )
    with pytest.warns(DeprecationWarning, match="IMAGE_GROUP"):
        assert group.get_signed_url() is None
    children = list(group.get_child_items(get_signed_urls=True))
    assert [child.url for child in children] == list(frames.values())
    addresses = [child.get_signed_url() for child in children]
    assert [httpx.get(str(address)).content for address in addresses] == [
        media.image(shade=n) for n in range(3)
    ]


def group_of(client: EncordUserClient, folder: StorageFolder, frames: list[StorageItem]) -> StorageItem:
    """Build an image group out of items that are there."""
    manifest = DataUploadItems(
        image_groups_from_items=[
            DataUploadImageGroupFromItems(
                image_items=[frame.uuid for frame in frames], title="group", create_video=False
            )
        ]
    )
    [made] = register(folder, None, manifest).items_with_names  # type: ignore[arg-type] # None: no cloud is read
    return client.get_storage_item(made.item_uuid)


def test_a_group_is_built_from_items_and_its_frames_stay_items(
    client: EncordUserClient, folder: StorageFolder, images: list[StorageItem]
) -> None:
    group = group_of(client, folder, [images[2], images[0]])
    assert (group.item_type, group.name) == (StorageItemType.IMAGE_GROUP, "group")
    assert [child.uuid for child in group.get_child_items()] == [images[2].uuid, images[0].uuid]
    assert {item.uuid for item in folder.list_items()} >= {image.uuid for image in images}


def test_a_frame_knows_the_groups_that_it_is_in(
    client: EncordUserClient, folder: StorageFolder, images: list[StorageItem]
) -> None:
    group = group_of(client, folder, images[:2])
    summary = images[0].get_summary()
    assert summary.frame_in_groups == 1
    [known] = summary.accessible_group_items
    assert (known.uuid, known.name, known.item_type) == (group.uuid, "group", StorageItemType.IMAGE_GROUP)
    assert (known.parent_uuid, known.parent_name) == (folder.uuid, "fleet")
    assert images[2].get_summary().frame_in_groups == 0


def test_deleting_a_group_takes_the_frames_that_nothing_else_uses(
    client: EncordUserClient, folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    urls = {f"objectUrl_{number}": bucket.put(f"{number}.png", media.image()) for number in range(2)}
    [group] = registered(
        folder, integration, {"image_groups": [{**urls, "title": "g", "createVideo": False}]}
    )
    used, unused = group.get_child_items()
    kept = group_of(client, folder, [used])
    group.delete(remove_unused_frames=True)
    assert [child.uuid for child in kept.get_child_items()] == [used.uuid]
    with pytest.raises(AuthorisationError):
        client.get_storage_item(unused.uuid)


def test_deleting_a_group_can_leave_its_frames(
    client: EncordUserClient, folder: StorageFolder, images: list[StorageItem]
) -> None:
    group_of(client, folder, images).delete(remove_unused_frames=False)
    assert names(folder) == ["a", "b", "c"]

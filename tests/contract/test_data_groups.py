"""Data groups: several items that are labelled as one."""

from uuid import uuid4

import pytest
from encord.exceptions import EncordException
from encord.orm.group_layout import DataUnitTile
from encord.orm.storage import DataGroupCarousel, DataGroupCustom, DataGroupGrid, StorageItemType
from encord.storage import StorageFolder, StorageItem
from encord.user_client import EncordUserClient

from tests.contract.registration import registered, trusted_images


@pytest.fixture
def images(folder: StorageFolder, integration: str) -> list[StorageItem]:
    """Register a.png and b.png, which need not exist."""
    return registered(folder, integration, trusted_images(["s3://b/a.png", "s3://b/b.png"]))


def test_a_list_of_items_becomes_a_group(
    client: EncordUserClient, folder: StorageFolder, images: list[StorageItem]
) -> None:
    members = [images[1].uuid, images[0].uuid]
    group = client.get_storage_item(folder.create_data_group(members))
    assert (group.item_type, group.parent_folder_uuid) == (StorageItemType.GROUP, folder.uuid)
    assert {child.uuid for child in group.get_child_items()} == set(members)
    layout = group.get_summary().data_group
    assert layout is not None
    assert {child.uuid for child in layout.layout_contents.values()} == set(members)


def test_a_group_has_the_name_and_metadata_that_it_was_given(
    client: EncordUserClient, folder: StorageFolder, images: list[StorageItem]
) -> None:
    members = [image.uuid for image in images]
    made = folder.create_data_groups(
        [
            DataGroupGrid(layout_contents=members, name="grid", client_metadata={"run": 1}),
            DataGroupCarousel(layout_contents=members, name="carousel"),
        ]
    )
    grid, carousel = client.get_storage_items(made)
    assert (grid.name, grid.client_metadata) == ("grid", {"run": 1})
    assert (carousel.name, carousel.client_metadata) == ("carousel", {})
    groups = folder.list_items(item_types=[StorageItemType.GROUP])
    assert {group.uuid for group in groups} == set(made)


def test_a_group_keeps_its_own_layout(
    client: EncordUserClient, folder: StorageFolder, images: list[StorageItem]
) -> None:
    front, rear = images
    custom = DataGroupCustom(
        name="rig",
        layout_contents={"front": front.uuid, "rear": rear.uuid},
        layout=DataUnitTile(key="front"),
        timeline=["rear"],
    )
    layout = client.get_storage_item(folder.create_data_group(custom)).get_summary().data_group
    assert layout is not None
    assert {key: child.uuid for key, child in layout.layout_contents.items()} == custom.layout_contents
    assert layout.layout == DataUnitTile(key="front")
    assert layout.timeline == ["rear"]


def test_the_members_know_their_group(folder: StorageFolder, images: list[StorageItem]) -> None:
    group = folder.create_data_group([images[0].uuid])
    assert [item.uuid for item in images[0].get_summary().accessible_group_items] == [group]
    assert images[1].get_summary().accessible_group_items == []


def test_a_group_of_an_unknown_item_is_refused(folder: StorageFolder, images: list[StorageItem]) -> None:
    with pytest.raises(EncordException):
        folder.create_data_group([images[0].uuid, uuid4()])
    assert not list(folder.list_items(item_types=[StorageItemType.GROUP]))

"""Folders: made, found, listed, changed, moved, deleted."""

from uuid import uuid4

import pytest
from encord.exceptions import AuthorisationError, EncordException
from encord.http.bundle import Bundle
from encord.orm.dataset import StorageLocation
from encord.orm.storage import FoldersSortBy, StorageFolderType
from encord.storage import StorageFolder
from encord.user_client import EncordUserClient

from encord_provider.sandbox.testing import RunningSandbox
from tests.contract.registration import register, trusted_images
from tests.contract.traffic import Traffic
from tests.contract.trouble import Trouble


@pytest.fixture
def sandbox(empty_sandbox: RunningSandbox) -> RunningSandbox:
    """Give each test an organisation of its own."""
    return empty_sandbox


def test_a_new_folder_has_what_it_was_given(client: EncordUserClient) -> None:
    metadata = {"site": "north", "deep": {"n": None}}
    made = client.create_storage_folder("fleet", "cameras", client_metadata=metadata)
    for folder in (made, client.get_storage_folder(made.uuid)):
        assert (folder.uuid, folder.name, folder.description) == (made.uuid, "fleet", "cameras")
        assert folder.client_metadata == metadata
        assert folder.parent is None
        assert folder.folder_type == StorageFolderType.GENERIC
        assert (folder.is_cloud_synced, folder.integration_hash, folder.remote_url) == (False, None, None)


def test_a_folder_needs_no_more_than_a_name(client: EncordUserClient) -> None:
    folder = client.get_storage_folder(client.create_storage_folder("żółw 🐢").uuid)
    assert (folder.name, folder.description) == ("żółw 🐢", "")
    assert not folder.client_metadata


def test_a_subfolder_knows_its_way_to_the_root(client: EncordUserClient) -> None:
    top = client.create_storage_folder("top")
    middle = client.create_storage_folder("middle", parent_folder=top)
    leaf = client.get_storage_folder(middle.create_subfolder("leaf", "deep", {"n": 1}).uuid)
    assert leaf.parent is not None
    assert leaf.parent.uuid == middle.uuid
    assert (leaf.description, leaf.client_metadata) == ("deep", {"n": 1})
    ancestors = {step.uuid: step for step in leaf.path_to_root}
    assert {top.uuid, middle.uuid} <= ancestors.keys()
    assert (ancestors[top.uuid].name, ancestors[top.uuid].parent_uuid) == ("top", None)
    assert (ancestors[middle.uuid].name, ancestors[middle.uuid].parent_uuid) == ("middle", top.uuid)


def test_a_subfolder_of_an_unknown_folder_is_refused(client: EncordUserClient) -> None:
    with pytest.raises(AuthorisationError):
        client.create_storage_folder("orphan", parent_folder=uuid4())
    assert not list(client.find_storage_folders())


def test_two_folders_may_have_one_name(client: EncordUserClient) -> None:
    made = {client.create_storage_folder("fleet").uuid for _ in range(2)}
    assert len(made) == 2
    assert {folder.uuid for folder in client.find_storage_folders(search="fleet")} == made


def test_an_unknown_folder_is_forbidden_and_not_missing(client: EncordUserClient) -> None:
    with pytest.raises(AuthorisationError):
        client.get_storage_folder(uuid4())


def test_the_top_level_is_listed_without_subfolders(client: EncordUserClient) -> None:
    top = client.create_storage_folder("b")
    top.create_subfolder("a")
    assert [folder.name for folder in client.list_storage_folders()] == ["b"]


def test_folders_are_listed_by_name_or_by_age_either_way(client: EncordUserClient, trouble: Trouble) -> None:
    for name in ("b", "c", "a"):
        client.create_storage_folder(name)
        trouble.advance_clock(seconds=60)
    listed = client.list_storage_folders
    by_age = FoldersSortBy.CREATED_AT
    assert "".join(folder.name for folder in listed()) == "abc"
    assert "".join(folder.name for folder in listed(desc=True)) == "cba"
    assert "".join(folder.name for folder in listed(order=by_age)) == "bca"
    assert "".join(folder.name for folder in listed(order=by_age, desc=True)) == "acb"


def test_pages_hold_each_folder_once(client: EncordUserClient, traffic: Traffic) -> None:
    made = [client.create_storage_folder("same name").uuid for _ in range(5)]
    listed = [folder.uuid for folder in client.list_storage_folders(page_size=2)]
    assert sorted(listed) == sorted(made)
    assert traffic.statuses("GET", "/storage/folders") == [200, 200, 200]


def test_folders_are_found_anywhere_by_a_part_of_their_name(client: EncordUserClient) -> None:
    top = client.create_storage_folder("fleet north")
    top.create_subfolder("cameras").create_subfolder("north gate")
    client.create_storage_folder("harbour")
    found = [folder.name for folder in client.find_storage_folders(search="north")]
    assert found == ["fleet north", "north gate"]
    assert [folder.name for folder in client.list_storage_folders(search="north")] == ["fleet north"]
    assert not list(client.find_storage_folders(search="south"))


def test_subfolders_are_listed_one_level_deep_and_found_at_any_depth(client: EncordUserClient) -> None:
    top = client.create_storage_folder("top")
    client.create_storage_folder("elsewhere").create_subfolder("day 3")
    day = top.create_subfolder("day 1")
    top.create_subfolder("night")
    day.create_subfolder("day 2")
    assert [folder.name for folder in top.list_subfolders()] == ["day 1", "night"]
    assert [folder.name for folder in top.list_subfolders(search="day")] == ["day 1"]
    assert [folder.name for folder in top.find_subfolders(search="day", desc=True)] == ["day 2", "day 1"]


def test_folders_can_be_told_apart_by_their_mirror_dataset(client: EncordUserClient) -> None:
    client.create_storage_folder("plain")
    mirror = client.create_dataset("mirror", StorageLocation.CORD_STORAGE)
    synced = list(client.list_storage_folders(dataset_synced=True))
    assert [folder.uuid for folder in synced] == [mirror.backing_folder_uuid]
    assert [folder.name for folder in client.list_storage_folders(dataset_synced=False)] == ["plain"]


def test_an_update_changes_what_it_names_and_nothing_else(client: EncordUserClient) -> None:
    folder = client.create_storage_folder("fleet", "cameras", client_metadata={"a": 1, "b": 2})
    folder.update(name="harbour")
    assert (folder.name, folder.description, folder.client_metadata) == (
        "harbour",
        "cameras",
        {"a": 1, "b": 2},
    )
    folder.update(description="lidars", client_metadata={"c": None})
    read = client.get_storage_folder(folder.uuid)
    assert (read.name, read.description, read.client_metadata) == ("harbour", "lidars", {"c": None})


def test_a_bundle_updates_many_folders_in_one_request(client: EncordUserClient, traffic: Traffic) -> None:
    folders = [client.create_storage_folder(f"old {number}") for number in range(3)]
    with Bundle() as bundle:
        for number, folder in enumerate(folders):
            folder.update(name=f"new {number}", client_metadata={"number": number}, bundle=bundle)
    assert [folder.name for folder in folders] == ["new 0", "new 1", "new 2"]
    assert traffic.statuses("PATCH", "/storage/folders/patch-bulk") == [200]
    read = [client.get_storage_folder(folder.uuid) for folder in folders]
    assert [(folder.name, folder.client_metadata) for folder in read] == [
        (f"new {number}", {"number": number}) for number in range(3)
    ]


def test_a_bundle_with_an_unknown_folder_is_refused(client: EncordUserClient) -> None:
    known, deleted = client.create_storage_folder("known"), client.create_storage_folder("deleted")
    deleted.delete()
    bundle = Bundle(bundle_size=1)
    for folder in (known, deleted):
        folder.update(name="changed", bundle=bundle)
    with pytest.raises(AuthorisationError):
        bundle.execute()
    assert client.get_storage_folder(known.uuid).name == "changed"  # its request went first


def test_a_summary_counts_what_is_in_the_folder(
    client: EncordUserClient, folder: StorageFolder, integration: str
) -> None:
    empty = folder.get_summary()
    assert (empty.images, empty.folders, empty.upload_jobs, empty.total_size) == (0, 0, 0, 0)
    register(folder, integration, trusted_images(["s3://b/1.png", "s3://b/2.png"]))
    folder.create_subfolder("below")
    summary = client.get_storage_folder(folder.uuid).get_summary()
    assert (summary.images, summary.folders, summary.upload_jobs) == (2, 1, 1)
    assert summary.total_size == 200
    assert (summary.videos, summary.image_groups, summary.dicom_series, summary.tombstones) == (0, 0, 0, 0)


def test_a_deleted_folder_is_gone(client: EncordUserClient) -> None:
    folder = client.create_storage_folder("fleet")
    folder.delete()
    assert not list(client.find_storage_folders())
    with pytest.raises(AuthorisationError):
        client.get_storage_folder(folder.uuid)


def test_a_folder_moves_into_another_and_back_to_the_top(client: EncordUserClient) -> None:
    target, moved = client.create_storage_folder("target"), client.create_storage_folder("moved")
    moved.move_to_folder(target)
    assert moved.parent_uuid == target.uuid
    assert [folder.name for folder in client.list_storage_folders()] == ["target"]
    assert [folder.uuid for folder in target.list_subfolders()] == [moved.uuid]
    moved.move_to_folder(None)
    assert client.get_storage_folder(moved.uuid).parent_uuid is None


def test_a_folder_does_not_move_into_itself(client: EncordUserClient) -> None:
    top = client.create_storage_folder("top")
    below = top.create_subfolder("below")
    with pytest.raises(EncordException):
        top.move_to_folder(below)
    assert client.get_storage_folder(top.uuid).parent_uuid is None


def test_an_organisation_tag_is_made_listed_and_deleted(client: EncordUserClient) -> None:
    tag = client.create_organisation_tag("night", "after dark")
    assert tag.name == "night"
    assert [(known.uuid, known.name) for known in client.list_organisation_tags()] == [(tag.uuid, "night")]
    client.delete_organisation_tag(tag_name="night")
    assert client.list_organisation_tags() == []


def test_no_folder_is_listed_under_a_tag_that_none_has(
    client: EncordUserClient, folder: StorageFolder
) -> None:
    client.create_organisation_tag("night")
    assert not list(client.list_storage_folders(organisation_tags_allof=["night"]))
    assert [found.uuid for found in client.list_storage_folders()] == [folder.uuid]

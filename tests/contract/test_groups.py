"""Groups of users, and what they may enter."""

import pytest
from encord.dataset import Dataset
from encord.exceptions import EncordException
from encord.group import Group
from encord.orm.dataset import DatasetUserRole
from encord.orm.storage import StorageUserRole
from encord.storage import StorageFolder
from encord.user_client import EncordUserClient

from encord_provider.sandbox.testing import RunningSandbox


@pytest.fixture
def sandbox(empty_sandbox: RunningSandbox) -> RunningSandbox:
    """Give each test an organisation of its own."""
    return empty_sandbox


@pytest.fixture
def group(client: EncordUserClient) -> Group:
    """Make a group without members."""
    return client.create_group("night shift", "after dark")


def test_a_group_is_made_listed_changed_and_deleted(client: EncordUserClient, group: Group) -> None:
    [listed] = client.list_groups()
    assert (listed.group_hash, listed.name, listed.description) == (
        group.group_hash,
        "night shift",
        "after dark",
    )
    group.update_group(name="day shift")
    read = client.get_group(group.group_hash)
    assert (read.name, read.description) == ("day shift", "after dark")
    client.delete_group(group.group_hash)
    assert list(client.list_groups()) == []
    with pytest.raises(EncordException):
        client.get_group(group.group_hash)


def test_a_group_gains_and_loses_members(group: Group) -> None:
    group.add_users(["a@example.com", "b@example.com"])
    assert sorted(user.user_email for user in group.list_users()) == ["a@example.com", "b@example.com"]
    group.remove_users(["a@example.com"])
    assert [user.user_email for user in group.list_users()] == ["b@example.com"]


def test_a_group_enters_a_folder(folder: StorageFolder, group: Group) -> None:
    folder.add_group(group.group_hash, StorageUserRole.ADMIN)
    [entered] = folder.list_groups()
    assert (entered.group_hash, entered.user_role) == (group.group_hash, StorageUserRole.ADMIN)
    folder.remove_group([group.group_hash])
    assert list(folder.list_groups()) == []


def test_a_group_enters_a_dataset(dataset: Dataset, group: Group) -> None:
    dataset.add_group([group.group_hash], DatasetUserRole.USER)
    [entered] = dataset.list_groups()
    assert (entered.group_hash, entered.user_role) == (group.group_hash, DatasetUserRole.USER)
    dataset.remove_group(group.group_hash)
    assert list(dataset.list_groups()) == []


def test_a_user_enters_a_dataset(dataset: Dataset) -> None:
    [added] = dataset.add_users(["a@example.com"], DatasetUserRole.USER)
    assert (added.user_email, added.user_role) == ("a@example.com", DatasetUserRole.USER)
    assert "a@example.com" in {user.user_email for user in dataset.list_users()}
    dataset.remove_users(["a@example.com"])
    assert "a@example.com" not in {user.user_email for user in dataset.list_users()}

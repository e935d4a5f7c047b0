"""Datasets: made, listed, read."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from encord.dataset import Dataset
from encord.exceptions import AuthorisationError, ResourceNotFoundError
from encord.orm.dataset import (
    DatasetInfo,
    DatasetUserRole,
    StorageLocation,
)
from encord.user_client import EncordUserClient

from encord_provider.sandbox.testing import RunningSandbox
from tests.contract.trouble import Trouble


@pytest.fixture
def sandbox(empty_sandbox: RunningSandbox) -> RunningSandbox:
    """Give each test an organisation of its own."""
    return empty_sandbox


def test_a_new_dataset_is_listed_and_read(client: EncordUserClient) -> None:
    made = client.create_dataset(
        "Houses", StorageLocation.S3_COMPATIBLE, "for sale", create_backing_folder=False
    )
    assert made.backing_folder_uuid is None
    [listed] = client.get_datasets()
    info: DatasetInfo = listed["dataset"]
    assert (info.dataset_hash, info.title, info.description) == (made.dataset_hash, "Houses", "for sale")
    assert listed["user_role"] == DatasetUserRole.ADMIN
    read = client.get_dataset(made.dataset_hash)
    assert (read.dataset_hash, read.title, read.description) == (made.dataset_hash, "Houses", "for sale")
    assert (read.data_rows, read.backing_folder_uuid) == ([], None)
    assert isinstance(read.storage_location, StorageLocation)


def test_a_dataset_may_have_a_mirror_folder(client: EncordUserClient) -> None:
    made = client.create_dataset("mirror", StorageLocation.CORD_STORAGE)
    assert made.backing_folder_uuid is not None
    assert client.get_storage_folder(made.backing_folder_uuid).name
    assert client.get_dataset(made.dataset_hash).backing_folder_uuid == made.backing_folder_uuid


def test_two_datasets_may_have_one_title(client: EncordUserClient) -> None:
    for _ in range(2):
        client.create_dataset("same", StorageLocation.AWS, create_backing_folder=False)
    assert len(client.get_datasets(title_eq="same")) == 2


@pytest.mark.parametrize(
    ("condition", "titles"),
    [
        ({"title_eq": "North"}, ["North"]),
        ({"title_eq": "north"}, []),
        ({"title_like": "%orth"}, ["North"]),
        ({"title_like": "%o%"}, ["North", "South"]),
        ({"title_like": "o"}, []),
        ({"desc_eq": "cold"}, ["North"]),
        ({"desc_like": "w%"}, ["South"]),
        ({"title_like": "%o%", "desc_eq": "warm"}, ["South"]),
        ({"include_org_access": True}, ["East", "North", "South"]),
    ],
)
def test_datasets_are_listed_by_title_and_description(
    client: EncordUserClient, condition: dict[str, str], titles: list[str]
) -> None:
    for title, description in (("North", "cold"), ("South", "warm"), ("East", None)):
        client.create_dataset(title, StorageLocation.AWS, description, create_backing_folder=False)
    found = client.get_datasets(**condition)  # type: ignore[arg-type] # any of its conditions
    assert sorted(entry["dataset"].title for entry in found) == titles


def test_datasets_are_listed_by_time(client: EncordUserClient, trouble: Trouble) -> None:
    for title in ("first", "second"):
        client.create_dataset(title, StorageLocation.AWS, create_backing_folder=False)
        trouble.advance_clock(seconds=3600)
    between = datetime.now(UTC) + timedelta(minutes=30)

    def titles(**condition: datetime | str) -> list[str]:
        return [entry["dataset"].title for entry in client.get_datasets(**condition)]  # type: ignore[arg-type] # any of its conditions

    assert titles(created_before=between) == titles(edited_before=between) == ["first"]
    assert titles(created_after=between) == titles(edited_after=between.isoformat()) == ["second"]


@pytest.mark.parametrize("include_data_rows", [True, False])
def test_an_unknown_dataset_is_refused(client: EncordUserClient, *, include_data_rows: bool) -> None:
    with pytest.raises((AuthorisationError, ResourceNotFoundError)):
        client.get_dataset(uuid4(), include_data_rows=include_data_rows)


def test_a_dataset_names_its_uuid_in_both_apis(client: EncordUserClient, dataset: Dataset) -> None:
    [listed] = client.get_datasets()
    assert UUID(listed["dataset"].dataset_hash) == UUID(dataset.dataset_hash)

"""Datasets by exact title, and what they hold."""

from collections.abc import Iterable
from itertools import islice
from typing import Literal, TypeAlias
from uuid import UUID

from encord.dataset import Dataset
from encord.orm.dataset import DataLinkDuplicatesBehavior, DataRow, StorageLocation
from encord.user_client import EncordUserClient

from encord_provider.encord_api.faults import encord_faults
from encord_provider.encord_api.folders import uuid_of
from encord_provider.errors import Ambiguous

LINKED_AT_ONCE = 1000
"""Items in one link request; the SDK sends any number in one, and Encord advises bundles of 1,000."""


OnDuplicates: TypeAlias = Literal["SKIP", "DUPLICATE", "FAIL"]
"""What becomes of an item that has a row: nothing, it gets another one, or the request is refused."""


def find_dataset(client: EncordUserClient, title: str) -> Dataset | None:
    """Return the dataset of exactly this title or UUID, without its rows; None when none has the title.

    Raises:
        Ambiguous: Several datasets have the title.

    """
    uuid = uuid_of(title)
    with encord_faults(f"find the dataset {title!r}"):
        if uuid is None:
            found = [entry["dataset"].dataset_hash for entry in client.get_datasets(title_eq=title)]
            if len(found) > 1:
                raise Ambiguous("dataset", title, found)
            if not found:
                return None
            uuid = UUID(found[0])
    return get_dataset(client, str(uuid))


def get_dataset(client: EncordUserClient, dataset_uuid: str) -> Dataset:
    """Return a dataset by its UUID, without its rows."""
    with encord_faults(f"open the dataset {dataset_uuid}"):
        return client.get_dataset(dataset_uuid, include_data_rows=False)


def create_dataset(
    client: EncordUserClient, title: str, description: str | None = None, *, backing_folder: bool = False
) -> Dataset:
    """Create a dataset; with *backing_folder* also the legacy folder that mirrors it."""
    with encord_faults(f"create the dataset {title!r}"):
        created = client.create_dataset(
            title, StorageLocation.S3_COMPATIBLE, description, create_backing_folder=backing_folder
        )
    return get_dataset(client, created.dataset_hash)


def linked_items(dataset: Dataset) -> set[UUID]:
    """Return the items that have a row in *dataset*."""
    return {row.backing_item_uuid for row in data_rows(dataset)}


def data_rows(dataset: Dataset) -> list[DataRow]:
    """Return the rows of *dataset*; the API has them in one answer only."""
    with encord_faults(f"list the rows of the dataset {dataset.title!r}"):
        return dataset.list_data_rows()


def link(dataset: Dataset, items: Iterable[UUID], duplicates: OnDuplicates = "SKIP") -> None:
    """Give each of *items* a row in *dataset*, in this order."""
    waiting = iter(items)
    while chunk := list(islice(waiting, LINKED_AT_ONCE)):
        with encord_faults(f"link {len(chunk)} items to the dataset {dataset.title!r}"):
            dataset.link_items(chunk, duplicates_behavior=DataLinkDuplicatesBehavior(duplicates))

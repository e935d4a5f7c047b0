"""Datasets by exact title, and what they hold."""

from uuid import uuid4

import pytest

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.datasets import create_dataset
from encord_provider.errors import Ambiguous, NotFound, Refused
from encord_provider.sandbox.testing import RunningSandbox
from tests.unit.encord_api.registered import registered_images


@pytest.fixture
def title() -> str:
    """Give the test a title of its own."""
    return f"labels {uuid4().hex[:8]}"


def test_a_dataset_is_made_once_when_it_is_absent_and_wanted(api: EncordApi, title: str) -> None:
    with pytest.raises(NotFound, match=f"no dataset '{title}'"):
        api.dataset(title)

    made = api.dataset(title, create=True)

    assert api.dataset(title, create=True) == api.dataset(title) == api.dataset(made) == made


def test_a_dataset_is_made_without_a_folder_that_mirrors_it(api: EncordApi, title: str) -> None:
    api.dataset(title, create=True)

    assert [folder.name for folder in api.client.find_storage_folders(search=title)] == []


def test_a_dataset_has_the_legacy_folder_when_that_is_asked_for(api: EncordApi, title: str) -> None:
    made = api.dataset(title, create=True, description="to label", backing_folder=True)

    assert [folder.name for folder in api.client.find_storage_folders(search=title)] == [title]
    assert api.client.get_dataset(made).description == "to label"


def test_a_title_that_several_datasets_have_is_refused_with_all_of_them(api: EncordApi, title: str) -> None:
    made = {str(create_dataset(api.client, title).dataset_hash) for _ in range(2)}

    with pytest.raises(Ambiguous) as caught:
        api.dataset(title)

    assert set(caught.value.candidates) == made


def test_a_uuid_that_names_no_dataset_is_refused(api: EncordApi) -> None:
    with pytest.raises(Refused):
        api.dataset(str(uuid4()))


def test_items_get_a_row_each_and_only_once(api: EncordApi, title: str, sandbox: RunningSandbox) -> None:
    folder = registered_images(sandbox, 3)
    items = [item.uuid for item in api.items(folder)]
    dataset = api.dataset(title, create=True)
    assert api.linked(dataset) == set()

    api.link(dataset, items[:2])
    api.link(dataset, items)

    assert api.linked(dataset) == set(items)
    assert len(list(api.client.get_dataset(dataset).list_data_rows())) == 3


def test_linking_nothing_asks_nothing(api: EncordApi, title: str, sandbox: RunningSandbox) -> None:
    dataset = api.dataset(title, create=True)
    before = len(sandbox.requests)

    api.link(dataset, [])

    assert [seen for seen in sandbox.requests[before:] if "link" in seen.path] == []

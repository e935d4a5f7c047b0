"""Storage folders by exact name."""

from uuid import uuid4

import pytest

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.folders import find_folder, get_folder, uuid_of
from encord_provider.errors import Ambiguous, NotFound, Refused


@pytest.fixture
def name() -> str:
    """Give the test a name of its own."""
    return f"fleet {uuid4().hex[:8]}"


def test_a_folder_is_found_by_its_exact_name_among_similar_ones(api: EncordApi, name: str) -> None:
    made = api.client.create_storage_folder(name)
    for similar in (f"{name} 2", name.upper(), f" {name}", name[:-1]):
        api.client.create_storage_folder(similar)

    assert get_folder(api.client, name).uuid == made.uuid


def test_a_folder_is_found_by_its_uuid_in_any_spelling(api: EncordApi, name: str) -> None:
    made = api.client.create_storage_folder(name)

    assert {get_folder(api.client, spelled).uuid for spelled in (str(made.uuid), str(made.uuid).upper())} == {
        made.uuid
    }


def test_a_name_that_no_folder_has_is_none_or_said_to_be(api: EncordApi, name: str) -> None:
    assert find_folder(api.client, name) is None
    with pytest.raises(NotFound, match=f"no folder '{name}'"):
        get_folder(api.client, name)


def test_a_name_that_several_folders_have_is_refused_with_all_of_them(api: EncordApi, name: str) -> None:
    made = {str(api.client.create_storage_folder(name).uuid) for _ in range(2)}

    with pytest.raises(Ambiguous) as caught:
        find_folder(api.client, name)

    assert set(caught.value.candidates) == made


def test_a_uuid_that_names_no_folder_is_refused(api: EncordApi) -> None:
    with pytest.raises(Refused, match="find the folder"):
        find_folder(api.client, str(uuid4()))


@pytest.mark.parametrize("odd", ["100% of #1? żółw", "a/b", "'quoted'", "日本", "a_b*[c]"])
def test_a_folder_may_have_any_name(api: EncordApi, odd: str) -> None:
    assert api.folder(odd, create=True) == api.folder(odd)


def test_a_folder_is_made_only_when_it_is_absent_and_wanted(api: EncordApi, name: str) -> None:
    with pytest.raises(NotFound):
        api.folder(name)

    made = api.folder(name, create=True)

    assert api.folder(name, create=True) == made


def test_a_path_is_made_from_the_top_and_found_again(api: EncordApi, name: str) -> None:
    made = api.folder(f"/{name}/2026/front", create=True, description="the front", metadata={"team": "blue"})
    beside = api.folder(f"/{name}/2026/rear", create=True)

    assert api.folder(f"/{name}/2026/front") == made != beside
    folder = api.client.get_storage_folder(made)
    assert (folder.description, folder.client_metadata) == ("the front", {"team": "blue"})
    assert [found.name for found in get_folder(api.client, f"/{name}").find_subfolders()] == [
        "2026",
        "front",
        "rear",
    ]


def test_a_path_tells_folders_of_one_name_apart(api: EncordApi, name: str) -> None:
    one, other = (api.folder(f"/{name} {place}/day", create=True) for place in "ab")

    assert (api.folder(f"/{name} a/day"), api.folder(f"/{name} b/day")) == (one, other)
    with pytest.raises(NotFound, match="no folder"):
        api.folder(f"/{name} a/night")
    with pytest.raises(NotFound, match="no folder '/'"):
        api.folder("/")


def test_a_path_that_several_folders_have_is_refused_where_it_forks(api: EncordApi, name: str) -> None:
    made = {str(api.client.create_storage_folder(name).uuid) for _ in range(2)}

    with pytest.raises(Ambiguous, match=f"named '/{name}'") as caught:
        api.folder(f"/{name}/day", create=True)

    assert set(caught.value.candidates) == made


def test_a_folder_keeps_the_metadata_that_it_is_not_given(api: EncordApi, name: str) -> None:
    uuid = api.folder(name, create=True, metadata={"team": "blue", "site": "north"})

    assert api.describe_folder(uuid, "cameras", {"site": "south"})
    assert not api.describe_folder(uuid, None, {"site": "south"})

    folder = api.client.get_storage_folder(uuid)
    assert (folder.description, folder.client_metadata) == ("cameras", {"team": "blue", "site": "south"})


def test_only_a_uuid_is_taken_for_one() -> None:
    assert uuid_of("8c8f3c1e-6b0e-4a4e-9d57-3f6f0c9d2a11") is not None
    assert uuid_of("fleet") is None
    assert uuid_of("") is None


def test_a_name_of_32_hexadecimal_digits_is_a_name() -> None:
    assert uuid_of("d41d8cd98f00b204e9800998ecf8427e") is None

"""Pages of a listing."""

import pytest
from sqlalchemy import select

from encord_provider.sandbox import folders
from encord_provider.sandbox.errors import InvalidError
from encord_provider.sandbox.folders import FolderQuery, NewFolder
from encord_provider.sandbox.paging import read_page
from encord_provider.sandbox.tables import folders as table
from encord_provider.sandbox.world import World

NAMES = ["b", "a", "b", "c", "100%", "1000", "a_b"]


@pytest.fixture(autouse=True)
def named_folders(world: World) -> None:
    """Make folders, some of the same name."""
    with world.database.writing() as connection:
        for name in NAMES:
            folders.create(connection, NewFolder(name, "someone"), world.clock.stamp())


def walk(world: World, **query: object) -> list[str]:
    """Follow a listing from page to page; return the names."""
    names: list[str] = []
    token = None
    while True:
        with world.database.reading() as connection:
            asked = FolderQuery.model_validate(query | {"page_token": token})
            page = read_page(connection, select(table), table, asked, largest=3)
        names += [row["name"] for row in page.rows]
        if page.next_page_token is None:
            return names
        token = page.next_page_token


@pytest.mark.parametrize("page_size", [1, 2, 3, 1000])
def test_pages_of_any_size_hold_everything_once_and_in_order(world: World, page_size: int) -> None:
    assert walk(world, page_size=page_size) == sorted(NAMES)
    assert walk(world, page_size=page_size, desc=True) == sorted(NAMES, reverse=True)
    assert walk(world, page_size=page_size, order="createdAt") == NAMES
    assert walk(world, page_size=page_size, order="createdAt", desc=True) == NAMES[::-1]


def test_what_is_added_while_someone_pages_hides_nothing(world: World) -> None:
    with world.database.reading() as connection:
        first = read_page(connection, select(table), table, FolderQuery(page_size=2), largest=10)
    with world.database.writing() as connection:
        folders.create(connection, NewFolder("0", "someone"), world.clock.stamp())
    with world.database.reading() as connection:
        query = FolderQuery(page_size=10, page_token=first.next_page_token)
        rest = read_page(connection, select(table), table, query, largest=10)
    assert [row["name"] for row in (*first.rows, *rest.rows)] == sorted(NAMES)


@pytest.mark.parametrize(
    ("search", "found"), [("B", ["a_b", "b", "b"]), ("0%", ["100%"]), ("_", ["a_b"]), ("z", [])]
)
def test_a_search_finds_part_of_a_name_in_any_case(world: World, search: str, found: list[str]) -> None:
    assert walk(world, search=search) == found


def test_a_token_of_someone_else_is_refused(world: World) -> None:
    with world.database.reading() as connection, pytest.raises(InvalidError, match="page token"):
        read_page(connection, select(table), table, FolderQuery(page_token="2"), largest=10)  # noqa: S106 - no secret

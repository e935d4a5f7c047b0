"""Tables that a DAG names: files in a bucket, and queries of a database."""

import sqlite3
from pathlib import Path

import pytest

from encord_provider.errors import BadConnection, BadTable
from encord_provider.hooks.tables import table_at, table_of_query
from tests.unit.hooks.conftest import Connect
from tests.unit.manifest.test_annotation import parquet


@pytest.fixture
def database(tmp_path: Path, connect: Connect) -> str:
    """Make a database with a table of two cameras; return its connection."""
    file = tmp_path / "fleet.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE cameras (title TEXT, site TEXT, height REAL, photo BLOB)")
        rows = [("a.mp4", "north", 2.5, None), ("b.mp4", None, 3, b"jpeg")]
        connection.executemany("INSERT INTO cameras VALUES (?, ?, ?, ?)", rows)
    return connect("fleet_db", conn_type="sqlite", host=str(file))


def test_the_rows_of_a_query_are_metadata_by_their_key(database: str) -> None:
    table = table_of_query("SELECT title, site, height FROM cameras", database, "title")

    assert table == {"a.mp4": {"site": "north", "height": 2.5}, "b.mp4": {"height": 3.0}}


def test_every_fault_of_a_query_is_said_at_once(database: str) -> None:
    with pytest.raises(BadTable, match="table of fleet_db: 2 faults") as caught:
        table_of_query("SELECT title, photo FROM cameras UNION ALL SELECT NULL, 1", database, "title")

    assert caught.value.faults == (
        "row 2: column 'photo': JSON has no bytes",
        "row 3: no value in the column 'title'",
    )


def test_a_query_with_two_columns_of_one_name_is_refused(database: str) -> None:
    with pytest.raises(BadTable, match="two columns are named 'site'"):
        table_of_query("SELECT title, site, site FROM cameras", database, "title")


def test_a_connection_that_is_no_database_is_refused(connect: Connect) -> None:
    with pytest.raises(BadConnection, match="does not speak SQL"):
        table_of_query("SELECT 1", connect(conn_type="aws"), "title")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", b"title,site\na.mp4,north\n"),
        ("t.jsonl", b'{"title": "a.mp4", "site": "north"}\n'),
        ("t.PARQUET", parquet([{"title": "a.mp4", "site": "north"}])),
    ],
)
def test_the_ending_of_a_file_tells_its_form(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)

    assert table_at((tmp_path / name).as_uri(), None, "title") == {"a.mp4": {"site": "north"}}

"""A database that does not do what is asked of it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import make_url, text

from encord_provider.errors import BadLedger, LedgerUnavailable
from encord_provider.ledger import engine
from encord_provider.ledger.ledger import Ledger
from tests.postgres import PostgresServer
from tests.unit.ledger.steps import Steps
from tests.unit.manifest.listed import listed


@contextmanager
def written_by_another(file: Path) -> Iterator[None]:
    """Hold the file's only write transaction."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.close()


def test_a_file_that_is_no_ledger_is_named_and_kept(file: str, tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"id,key\n" * 1000)

    with pytest.raises(BadLedger, match=r"ledger\.db: it is no SQLite file"):
        Ledger(file)

    assert (tmp_path / "ledger.db").read_bytes() == b"id,key\n" * 1000


def test_a_damaged_file_asks_for_a_backup(file: str, tmp_path: Path) -> None:
    with Ledger(file) as ledger:
        Steps(ledger).observe("run", *(listed(f"{number}.mp4") for number in range(1000)))
    with (tmp_path / "ledger.db").open("r+b") as damaged:
        damaged.seek(4096)
        damaged.write(b"\xff" * 200_000)

    with pytest.raises(BadLedger, match="damaged; put a backup in its place"), Ledger(file) as ledger:
        Steps(ledger).new("run")


def test_a_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadLedger, match=r"nowhere/ledger\.db.* it cannot be made: No such file or directory"):
        Ledger(f"sqlite:///{tmp_path}/nowhere/ledger.db")


def test_a_directory_in_its_place_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(BadLedger, match="cannot be opened"):
        Ledger(f"sqlite:///{tmp_path}")


def test_a_file_that_may_not_be_written_says_so(file: str, tmp_path: Path) -> None:
    Ledger(file).close()

    with (
        pytest.raises(BadLedger, match="this process may not write to it"),
        Ledger(f"sqlite:///file:{tmp_path}/ledger.db?mode=ro&uri=true") as ledger,
    ):
        Steps(ledger).observe("run", listed("a.mp4"))


def test_a_full_disk_is_left_to_the_retries_and_loses_nothing(file: str) -> None:
    with Ledger(file) as ledger:
        Steps(ledger).observe("run", listed("a.mp4"))
        with ledger.transaction() as connection:
            pages = connection.scalar(text("PRAGMA page_count"))
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

        with pytest.raises(LedgerUnavailable, match="the disk is full"):
            Steps(ledger).observe("more", *(listed(f"{number}.mp4") for number in range(1000)))

        assert [obj.key for obj in Steps(ledger).new("run")] == ["a.mp4"]


def test_another_tasks_endless_write_is_left_to_the_retries(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ledger(file).close()
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.1)

    with (
        written_by_another(tmp_path / "ledger.db"),
        Ledger(file) as ledger,
        pytest.raises(LedgerUnavailable, match="another task writes to it"),
    ):
        Steps(ledger).observe("run", listed("a.mp4"))


def test_a_ledger_is_opened_while_another_task_writes(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ledger(file).close()
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.1)

    with written_by_another(tmp_path / "ledger.db"):
        Ledger(file).close()


def test_a_server_that_does_not_answer_is_left_to_the_retries(schema: str) -> None:
    nowhere = make_url(schema).set(port=9).render_as_string(hide_password=False)

    with pytest.raises(LedgerUnavailable, match="Connection refused"):
        Ledger(nowhere)


def test_a_database_that_is_not_there_is_named(schema: str) -> None:
    absent = make_url(schema).set(database="absent").render_as_string(hide_password=False)

    with pytest.raises(LedgerUnavailable, match='database "absent" does not exist'):
        Ledger(absent)


def test_a_refused_password_is_not_in_the_message(schema: str) -> None:
    refused = make_url(schema).set(password="hunter2").render_as_string(hide_password=False)  # noqa: S106

    with pytest.raises(LedgerUnavailable, match="password authentication failed") as caught:
        Ledger(refused)

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("granted", "problem"),
    [("", "no schema that its user may make tables in"), ("USAGE", "make tables, read")],
)
def test_a_user_without_rights_is_told_so(
    postgres: PostgresServer, schema: str, granted: str, problem: str
) -> None:
    url = make_url(schema)
    reader = f"reader_{uuid4().hex}"
    postgres.execute(f"CREATE ROLE {reader} LOGIN PASSWORD 'reads'")
    if granted:
        name = str(url.query["options"]).rpartition("=")[2]
        postgres.execute(f"GRANT {granted} ON SCHEMA {name} TO {reader}")
    limited = url.set(username=reader, password="reads")  # noqa: S106 - a test's

    with pytest.raises(BadLedger, match=problem):
        Ledger(limited.render_as_string(hide_password=False))


def test_a_fault_of_our_own_is_raised_as_it_is(url: str) -> None:
    with (
        Ledger(url) as ledger,
        pytest.raises(Exception, match="nonsense") as caught,
        ledger.transaction() as c,
    ):
        c.execute(text("SELECT * FROM nonsense"))

    assert not isinstance(caught.value, BadLedger | LedgerUnavailable)

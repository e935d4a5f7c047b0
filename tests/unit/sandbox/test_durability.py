"""What a world remembers when it is opened again."""

from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from encord_provider.sandbox import integrations
from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.configuration import Configuration
from encord_provider.sandbox.database import Database
from encord_provider.sandbox.signatures import Credentials
from encord_provider.sandbox.world import World
from tests.unit.sandbox.uploading import (
    counts,
    finished,
    items_of,
    job_row,
    new_folder,
    start_job,
    trusted,
    wait_until,
)

URLS = [f"s3://b/{number:02}.png" for number in range(60)]


def test_a_job_goes_on_where_it_was_left(tmp_path: Path) -> None:
    first = World.open(tmp_path, Configuration(units_per_second=1000))
    first.start()
    folder = new_folder(first)
    first.registrar.pace(10)
    uuid = start_job(first, folder, map(trusted, URLS))
    wait_until(lambda: job_row(first, uuid)["done"] > 0)
    first.close()
    second = World.open(tmp_path, Configuration())
    assert 0 < job_row(second, uuid)["pending"] < len(URLS)
    second.start()
    assert counts(finished(second, uuid)) == {"done": len(URLS)}
    assert [item["url"] for item in items_of(second, folder)] == URLS
    second.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_settlement_that_breaks_half_way_leaves_no_trace(world: World) -> None:
    folder = new_folder(world)
    uuid = start_job(world, folder, map(trusted, URLS))
    with world.database.writing() as connection:
        _break_jobs_table(connection)
    world.start()
    wait_until(lambda: not world.registrar.is_working)
    assert counts(job_row(world, uuid)) == {"pending": len(URLS)}
    assert items_of(world, folder) == []


def _break_jobs_table(connection: Connection) -> None:
    """Make the last statement of a settlement fail."""
    connection.exec_driver_sql(
        "CREATE TRIGGER broken BEFORE UPDATE ON jobs BEGIN SELECT RAISE(ABORT, 'the disk is gone'); END"
    )


def test_keys_and_tokens_outlive_the_process(tmp_path: Path) -> None:
    def credentials() -> tuple[Credentials, str]:
        world = World.open(tmp_path, Configuration())
        world.close()
        return world.credentials, (tmp_path / "private_key").read_text()

    before, key = credentials()
    after, same = credentials()
    assert (before.public_keys, key) == (after.public_keys, same)
    assert before.token_for("someone") == after.token_for("someone")
    assert (tmp_path / "private_key").stat().st_mode & 0o777 == 0o600


def test_an_integration_of_the_config_keeps_its_uuid(tmp_path: Path) -> None:
    def uuids(*titles: str) -> list[str]:
        configured = [Integration(title=title, kind="direct") for title in titles]
        world = World.open(tmp_path, Configuration(integrations=configured))
        with world.database.reading() as connection:
            found = [str(row["uuid"]) for row in integrations.listing(connection)]
        world.close()
        return found

    first = uuids("one")
    both = uuids("one", "two")
    assert both[:1] == first
    assert uuids("two", "one") == both


def test_two_writers_do_not_write_at_once(tmp_path: Path) -> None:
    database, other = Database(tmp_path / "a.db"), Database(tmp_path / "a.db")
    with database.writing() as connection, other.reading() as reader:
        connection.exec_driver_sql("INSERT INTO settings VALUES ('a', '1')")
        assert reader.exec_driver_sql("SELECT count(*) FROM settings").scalar() == 0
        reader.exec_driver_sql("PRAGMA busy_timeout=0")
        with pytest.raises(OperationalError, match="locked"):
            reader.exec_driver_sql("INSERT INTO settings VALUES ('b', '1')")
    database.close()
    other.close()

"""How the ledger's database is reached."""

import sqlite3
import stat
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import make_url, text

from encord_provider.errors import BadLedger
from encord_provider.ledger.engine import engine_of
from encord_provider.ledger.ledger import Ledger
from tests.postgres import PostgresServer
from tests.unit.ledger.steps import Steps
from tests.unit.manifest.listed import listed


def test_a_written_transaction_survives_the_loss_of_power(file: str) -> None:
    with Ledger(file) as ledger, ledger.transaction() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2  # FULL


def test_a_new_file_is_its_owners_alone_and_so_are_those_that_sqlite_puts_beside_it(
    file: str, tmp_path: Path
) -> None:
    with Ledger(file) as ledger:
        Steps(ledger).register("run", listed("a.mp4"))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}

    assert modes == {"ledger.db": 0o600, "ledger.db-wal": 0o600, "ledger.db-shm": 0o600}


def test_a_file_that_is_there_keeps_its_mode(file: str, tmp_path: Path) -> None:
    (tmp_path / "ledger.db").touch(mode=0o640)

    Ledger(file).close()

    assert stat.S_IMODE((tmp_path / "ledger.db").stat().st_mode) == 0o640


def test_a_closed_ledger_leaves_the_file_to_others(file: str, tmp_path: Path) -> None:
    with Ledger(file) as ledger:
        Steps(ledger).observe("run", listed("a.mp4"))

    with sqlite3.connect(tmp_path / "ledger.db", timeout=0) as connection:
        assert connection.execute("SELECT count(*) FROM objects").fetchone() == (1,)
        connection.execute("BEGIN EXCLUSIVE")
    connection.close()


def test_the_file_may_have_an_odd_name(tmp_path: Path) -> None:
    odd = tmp_path / "100% of #1, é" / "ledger+1.db"
    odd.parent.mkdir()

    with Ledger(f"sqlite:///{odd}") as ledger:
        Steps(ledger).register("run", listed("a.mp4"))

    assert odd.exists()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_may_be_spelled_as_people_spell_it(schema: str, scheme: str) -> None:
    with Ledger(f"{scheme}:{schema.partition(':')[2]}") as ledger:
        Steps(ledger).register("run", listed("a.mp4"))


def test_leases_are_fenced_whatever_isolation_the_server_prefers(schema: str) -> None:
    url = make_url(schema)
    options = f"{url.query['options']} -cdefault_transaction_isolation=serializable"
    strict = url.update_query_dict({"options": options}).render_as_string(hide_password=False)

    with Ledger(strict) as ledger, ledger.transaction() as connection:
        assert connection.scalar(text("SHOW transaction_isolation")) == "read committed"


def test_a_connection_that_the_server_closed_is_replaced(postgres: PostgresServer, schema: str) -> None:
    with Ledger(schema) as ledger:
        with ledger.transaction() as connection:
            process = connection.scalar(text("SELECT pg_backend_pid()"))
        postgres.execute(f"SELECT pg_terminate_backend({process})")

        Steps(ledger).register("run", listed("a.mp4"))


@pytest.mark.parametrize(
    "url", ["", "ledger.db", "mysql://airflow@db/encord", "postgresql+nothing://db/encord"]
)
def test_what_is_no_place_for_a_ledger_is_refused(url: str) -> None:
    with pytest.raises(BadLedger):
        engine_of(url)


def test_a_refused_place_is_named_without_its_password() -> None:
    with pytest.raises(BadLedger, match="in SQLite or in PostgreSQL") as caught:
        engine_of("mssql+pyodbc://airflow:hunter2@db/encord")

    assert "hunter2" not in str(caught.value)
    assert caught.value.ledger == "mssql+pyodbc://airflow:***@db/encord"


def test_the_longest_key_that_a_store_takes_fits_however_long_its_url_becomes(url: str) -> None:
    key = "".join(
        chr(0x4E00 + number * 7919 % 20_000) for number in range(341)
    )  # 1,023 bytes, hard to compress
    found = replace(listed("a.mp4"), key=key, url=f"https://fleet.example.com/{quote(key)}")

    with Ledger(url) as ledger:
        Steps(ledger).observe("run", found)
        assert Steps(ledger).new("run") == [found]


def test_the_longest_names_that_airflow_takes_fit(url: str) -> None:
    longest = "n" * 250  # of a DAG, a run and a task
    run, task = f"{longest}/{longest}", f"{longest}/{longest}/{longest}[1023]"

    with Ledger(url) as ledger, ledger.leases.hold("build", task, 60):
        Steps(ledger).observe(run, listed("a.mp4"))
        assert len(Steps(ledger).new(run)) == 1

"""The ledger that this deployment is configured with."""

import json
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from encord_provider.errors import BadConnection, BadLedger, NotShared
from encord_provider.hooks.ledger import open_ledger
from tests.postgres import PostgresServer

CONN_ID = "encord_ledger"


@pytest.fixture
def postgres_connection(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Configure the ledger by an Airflow connection to an empty schema; return its parts."""
    url = make_url(postgres.schema())
    parts: dict[str, object] = {
        "conn_type": "postgres",
        "host": url.host,
        "port": url.port,
        "login": url.username,
        "password": url.password,
        "schema": url.database,
        "extra": {**url.query, "application_name": "encord", "cursor": "dictcursor"},
    }
    configure(parts, monkeypatch)
    return parts


def configure(parts: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Name the connection in the configuration, and make it of *parts*."""
    monkeypatch.setenv("AIRFLOW__ENCORD__LEDGER_CONN_ID", CONN_ID)
    monkeypatch.delenv("AIRFLOW__ENCORD__LEDGER_URL", raising=False)
    monkeypatch.setenv(f"AIRFLOW_CONN_{CONN_ID.upper()}", json.dumps(parts))


def test_the_configured_ledger_is_opened_and_made_when_it_is_absent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__ENCORD__LEDGER_URL", f"sqlite:///{tmp_path / 'fleet.db'}")

    with open_ledger() as first, first.leases.hold("build", "run", 60):
        pass
    with open_ledger() as second, second.leases.hold("build", "another", 60):
        assert (tmp_path / "fleet.db").exists()


def test_an_airflow_connection_becomes_the_ledger_with_what_it_says_to_the_client(
    postgres_connection: dict[str, object],
) -> None:
    with open_ledger() as ledger, ledger.transaction() as connection:
        said = {name: connection.scalar(text(f"SHOW {name}")) for name in ("search_path", "application_name")}

    assert said["application_name"] == "encord"
    assert f"-csearch_path={said['search_path']}" in str(postgres_connection["extra"])


@pytest.mark.usefixtures("postgres_connection")
@pytest.mark.parametrize("executor", ["CeleryExecutor", "LocalExecutor,KubernetesExecutor"])
def test_a_shared_ledger_serves_tasks_on_several_machines(
    monkeypatch: pytest.MonkeyPatch, executor: str
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", executor)

    with open_ledger() as ledger, ledger.leases.hold("build", "run", 60):
        pass


@pytest.mark.parametrize("url", ["", "sqlite:////mnt/shared/ledger.db"])
def test_a_file_is_refused_when_tasks_may_run_on_several_machines(
    home: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("AIRFLOW__ENCORD__LEDGER_URL", url)
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")

    with pytest.raises(NotShared, match="ledger_conn_id"):
        open_ledger()

    assert not list(home.rglob("*.db"))


@pytest.mark.usefixtures("postgres_connection")
def test_two_ledgers_are_one_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__ENCORD__LEDGER_URL", "sqlite:////var/airflow/ledger.db")

    with pytest.raises(BadLedger, match="both set: keep one"):
        open_ledger()


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"conn_type": "mysql", "host": "db"}, "a ledger is in PostgreSQL, this is of type 'mysql'"),
        ({"conn_type": "postgres", "host": "db", "extra": {"iam": True}}, "does not log in by IAM"),
    ],
)
def test_a_connection_that_no_ledger_can_be_at_is_named(
    monkeypatch: pytest.MonkeyPatch, parts: dict[str, object], problem: str
) -> None:
    configure(parts, monkeypatch)

    with pytest.raises(BadConnection, match=problem) as caught:
        open_ledger()

    assert caught.value.conn_id == CONN_ID

"""The configuration section, with defaults that work on one machine."""

from pathlib import Path

import pytest

from encord_provider.hooks.configuration import (
    default_ledger_url,
    default_storage_uri,
    ledger_conn_id,
    ledger_url,
    storage_conn_id,
    storage_uri,
)
from encord_provider.hooks.ledger import open_ledger


def test_everything_is_under_airflows_home_by_default(home: Path) -> None:
    assert [ledger_conn_id(), ledger_url(), storage_uri(), storage_conn_id()] == [None] * 4
    assert default_ledger_url() == f"sqlite:///{home}/encord/ledger.db"
    assert default_storage_uri() == f"file://{home}/encord/storage/"


def test_the_ledger_can_be_opened_by_default(home: Path) -> None:
    with open_ledger():
        assert (home / "encord" / "ledger.db").exists()


def test_each_option_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__ENCORD__LEDGER_URL", "postgresql+psycopg://encord:secret@db/encord")
    monkeypatch.setenv("AIRFLOW__ENCORD__LEDGER_CONN_ID", "encord_ledger")
    monkeypatch.setenv("AIRFLOW__ENCORD__STORAGE", "s3://fleet-manifests/encord")
    monkeypatch.setenv("AIRFLOW__ENCORD__STORAGE_CONN_ID", "aws_fleet")

    assert ledger_url() == "postgresql+psycopg://encord:secret@db/encord"
    assert ledger_conn_id() == "encord_ledger"
    assert storage_uri() == "s3://fleet-manifests/encord/"
    assert storage_conn_id() == "aws_fleet"


@pytest.mark.parametrize("given", ["s3://fleet-manifests", "s3://fleet-manifests/", "s3://fleet-manifests//"])
def test_the_storage_ends_in_one_slash(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("AIRFLOW__ENCORD__STORAGE", given)

    assert storage_uri() == "s3://fleet-manifests/"


def test_a_home_with_an_odd_name_is_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = tmp_path / "100% of #1, é"
    monkeypatch.setenv("AIRFLOW_HOME", str(odd))

    with open_ledger():
        assert (odd / "encord" / "ledger.db").exists()

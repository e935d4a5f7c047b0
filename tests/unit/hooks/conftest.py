"""Connections and configuration, given to Airflow by the environment, and an Encord to connect to."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.testing import RunningSandbox, running_sandbox

Connect = Callable[..., str]
"""Makes a connection of the given parts and returns its id."""


@pytest.fixture(scope="module")
def sandbox(s3_integration: Integration) -> Iterator[RunningSandbox]:
    """Run one Encord for all tests of a module."""
    with running_sandbox(integrations=[s3_integration]) as running:
        yield running


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Connect:
    """Make Encord connections."""

    def make(conn_id: str = "encord_default", **parts: object) -> str:
        connection = {"conn_type": "encord"} | parts
        monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(connection))
        return conn_id

    return make


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give Airflow an empty home, whose ledger and storage are where they are by default."""
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    for option in ("LEDGER_CONN_ID", "LEDGER_URL", "STORAGE", "STORAGE_CONN_ID"):
        monkeypatch.delenv(f"AIRFLOW__ENCORD__{option}", raising=False)
    return tmp_path

"""The commands on the configured ledger."""

import sqlite3
import time
from pathlib import Path

import pytest

from encord_provider.cli.main import main
from encord_provider.hooks.ledger import open_ledger
from encord_provider.ledger.schema import VERSION
from tests.unit.ledger.steps import Steps
from tests.unit.manifest.listed import listed


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Configure a ledger that does not exist yet."""
    monkeypatch.setenv("AIRFLOW__ENCORD__LEDGER_URL", f"sqlite:///{tmp_path / 'ledger.db'}")
    monkeypatch.delenv("AIRFLOW__ENCORD__LEDGER_CONN_ID", raising=False)
    return tmp_path / "ledger.db"


def test_the_state_of_a_ledger_that_is_not_there_is_told_and_none_is_made(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "status"]) == 1

    assert "tables: none yet\n" in capsys.readouterr().out
    assert sqlite3.connect(file).execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def test_an_upgrade_makes_the_ledger(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "upgrade"]) == 0

    assert f"tables: {VERSION}\n" in capsys.readouterr().out
    assert main(["ledger", "status"]) == 0


def test_a_ledger_that_tasks_would_refuse_is_refused_here(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")

    assert main(["ledger", "status"]) == 2

    assert "CeleryExecutor may run tasks on several" in capsys.readouterr().err


def test_the_accounts_of_runs_that_are_older_than_so_many_days_are_forgotten(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with open_ledger() as ledger:
        steps = Steps(ledger)
        for run, age in (("old", 91), ("recent", 89)):
            steps.register(run, listed(f"{run}.mp4"))
            listing = steps.record(run, listed(f"{run}.mp4"))
            ledger.runs.record(steps.key(run), listing, time.time() - age * 86_400)

    assert main(["ledger", "prune", "--days", "90"]) == 0

    assert capsys.readouterr().out == "runs: 1\n"
    with open_ledger() as ledger:
        assert ledger.runs.listing(Steps(ledger).key("recent")).discovered == 1

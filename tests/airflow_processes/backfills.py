"""Airflow's own `airflow backfill create`, and what became of its runs."""

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import httpx

from demo.airflow_processes import Airflow
from tests.patience import eventually

_ATTEMPTS = 5
_ANSWER_SECONDS = 60
_RUN_SECONDS = 420


def backfill(
    airflow: Airflow, dag_id: str, days: Sequence[str], reprocess: str = "none", *arguments: str
) -> None:
    """Backfill from the first of *days* to the last, and wait until every run has ended and Airflow has noticed."""
    begin(airflow, dag_id, days, reprocess, *arguments)
    wait_until_done(airflow, dag_id)


def begin(airflow: Airflow, dag_id: str, days: Sequence[str], reprocess: str, *arguments: str) -> None:
    """Make the runs of a backfill and let them start.

    Airflow's SQLite refuses the command's transaction when the scheduler writes at the same moment: what it left is
    cancelled, which fails the runs that it made, and it is given again.
    """
    airflow.api.pause(dag_id)
    for _ in range(_ATTEMPTS):
        if _created(airflow, dag_id, days, reprocess, *arguments):
            break
        for begun in unfinished(airflow, dag_id):
            ask(airflow, "PUT", f"backfills/{begun}/cancel")
        reprocess = "failed" if reprocess == "none" else reprocess
    assert unfinished(airflow, dag_id)
    airflow.api.unpause(dag_id)


def wait_until_done(airflow: Airflow, dag_id: str) -> None:
    """Wait until every run of the DAG's backfill has ended and Airflow has noticed."""
    ended = eventually(lambda: not unfinished(airflow, dag_id), seconds=_RUN_SECONDS)
    assert ended, runs(airflow, dag_id)


def _created(airflow: Airflow, dag_id: str, days: Sequence[str], reprocess: str, *arguments: str) -> bool:
    command = [sys.executable, "-m", "airflow", "backfill", "create", "--dag-id", dag_id]
    which = ["--from-date", days[0], "--to-date", days[-1], "--reprocess-behavior", reprocess]
    ended = subprocess.run(
        [*command, *which, *arguments],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env=dict(airflow.environment),
    )
    assert ended.returncode == 0 or "database is locked" in ended.stderr, ended.stderr
    return ended.returncode == 0


def unfinished(airflow: Airflow, dag_id: str) -> list[int]:
    """Return the ids of the backfills of the DAG that go on."""
    found = ask(airflow, "GET", f"backfills?dag_id={dag_id}")["backfills"]
    return [one["id"] for one in found if one["completed_at"] is None]


def runs(airflow: Airflow, dag_id: str) -> dict[str, dict[str, Any]]:
    """Map the day of each run that has one to the run."""
    found = ask(airflow, "GET", f"dags/{dag_id}/dagRuns")["dag_runs"]
    return {run["logical_date"][:10]: run for run in found if run["logical_date"]}


def ask(airflow: Airflow, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401 - any JSON
    """Ask Airflow's API."""
    url = f"{airflow.url}/api/v2/{path}"
    return httpx.request(method, url, json=body, timeout=_ANSWER_SECONDS).raise_for_status().json()

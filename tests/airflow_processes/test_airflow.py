"""Airflow's four components: they work together, they are watched, they leave nothing behind."""

import os
import signal
import time
from pathlib import Path

import httpx
import pytest

from demo.airflow_processes import Airflow, running_airflow
from demo.server_process import ServerDied
from tests.airflow_processes.processes import family, of_state
from tests.patience import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_every_component_is_healthy(airflow: Airflow) -> None:
    airflow.check()

    assert airflow.api.is_healthy()


def test_the_user_interface_asks_for_no_login(airflow: Airflow) -> None:
    assert httpx.get(airflow.url, follow_redirects=True).status_code == httpx.codes.OK


def test_a_dag_runs_with_what_it_is_given(airflow: Airflow) -> None:
    assert eventually(lambda: airflow.api.has_dag("greeting"))
    airflow.api.unpause("greeting")
    airflow.api.trigger("greeting", "by_hand", {"name": "fleet"})

    ended = eventually(lambda: airflow.api.run_state("greeting", "by_hand") == "success", seconds=120)

    assert ended, airflow.api.task_states("greeting", "by_hand")
    assert airflow.api.returned("greeting", "by_hand", "greet") == {"said": "Hello, fleet"}
    runs = httpx.get(f"{airflow.url}/api/v2/dags/greeting/dagRuns").json()["dag_runs"]
    assert [run["run_type"] for run in runs] == ["manual"], "waking a DAG must not start its schedule"


def test_nobody_listens_beyond_this_machine(airflow: Airflow) -> None:
    members = [process for component in airflow.components for process in family(component.pid)]
    addresses = {c.laddr.ip for process in members for c in process.net_connections() if c.status == "LISTEN"}

    assert addresses == {"127.0.0.1"}


def test_a_component_that_dies_is_named_and_nothing_is_left_behind(tmp_path: Path, dags: Path) -> None:
    with running_airflow(tmp_path / "home", dags, {}) as airflow:
        [scheduler] = [component for component in airflow.components if component.name == "airflow scheduler"]
        os.killpg(scheduler.pid, signal.SIGKILL)

        with pytest.raises(ServerDied, match="airflow scheduler ended with code -9"):
            _watch(airflow, seconds=10)

    assert eventually(lambda: not of_state(tmp_path)), of_state(tmp_path)


def _watch(airflow: Airflow, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        airflow.check()
        time.sleep(0.1)

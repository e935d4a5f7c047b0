"""A live run that comes while a backfill waits for slots gets the next one."""

from pathlib import Path

import pytest

from demo.airflow_processes import running_airflow
from tests.airflow_processes.backfills import ask, begin, wait_until_done
from tests.airflow_processes.processes import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

DAG_ID = "one_at_a_time"
DAYS = ("2026-11-16", "2026-11-17", "2026-11-18")
SECONDS = 300

DAG = """
import time
from pathlib import Path

from airflow.sdk import DAG, task
from airflow.timetables.interval import CronDataIntervalTimetable

with DAG(
    "one_at_a_time",
    schedule=CronDataIntervalTimetable("@daily", timezone="UTC"),
    default_args={"pool": "narrow", "weight_rule": "encord_provider.plugins.live_first.LiveFirst"},
):

    @task
    def register():
        gate = Path("GATE")
        for _ in range(600):  # the first of the backfill holds the slot until the live run waits behind the others
            if gate.exists():
                return
            time.sleep(0.5)
        raise TimeoutError("nobody opened the gate")

    register()
"""


def test_a_live_run_overtakes_the_runs_of_a_backfill_that_wait_for_a_slot(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    dags = tmp_path / "dags"
    dags.mkdir()
    (dags / f"{DAG_ID}.py").write_text(DAG.replace("GATE", str(gate)))
    with running_airflow(tmp_path / "airflow", dags, {}) as airflow:
        ask(airflow, "POST", "pools", {"name": "narrow", "slots": 1})
        assert eventually(lambda: airflow.api.has_dag(DAG_ID), SECONDS)

        def tasks() -> dict[str, str]:
            """Map each run to the state of its task."""
            found = ask(airflow, "GET", f"dags/{DAG_ID}/dagRuns/~/taskInstances?order_by=start_date")
            return {ti["dag_run_id"]: ti["state"] for ti in found["task_instances"]}

        begin(airflow, DAG_ID, DAYS, "none", "--max-active-runs", str(len(DAYS)))
        waits = sorted(["running", *["scheduled"] * (len(DAYS) - 1)])
        assert eventually(lambda: sorted(map(str, tasks().values())) == waits, SECONDS), tasks()
        (holder,) = [run for run, state in tasks().items() if state == "running"]

        airflow.api.trigger(DAG_ID, "tonight", {})
        assert eventually(lambda: tasks().get("tonight") == "scheduled", SECONDS), tasks()
        gate.touch()
        wait_until_done(airflow, DAG_ID)
        assert eventually(lambda: not airflow.api.unfinished_runs(DAG_ID), SECONDS)

        order = list(tasks())
        assert set(tasks().values()) == {"success"}
        assert len(order) == len(DAYS) + 1
        assert order[:2] == [holder, "tonight"]

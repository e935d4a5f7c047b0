"""One run of the DAG ``nightly_ingest`` over the corpus: triggered, followed, and its receipt."""

import contextlib
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx

from demo.airflow_api import TaskState
from demo.airflow_processes import Airflow
from demo.corpus import BUCKET, METADATA_TABLE, PREFIX
from demo.sandbox_process import INTEGRATION
from demo.stopwatch import Stopwatch
from demo.world import World

DAG_ID = "nightly_ingest"
FOLDER = "fleet"
DATASET = "fleet-labelling"

CONF: Mapping[str, Any] = {
    "bucket": f"s3://{BUCKET}",
    "prefix": PREFIX,
    "folder": FOLDER,
    "dataset": DATASET,
    "integration": INTEGRATION,
    "metadata_table": f"s3://{BUCKET}/{METADATA_TABLE}",
    "wait_minutes": 0,
}

_POLL_SECONDS = 1.0
_DAG_SECONDS = 120
_RUN_SECONDS = 1800
_RUNNING = ("queued", "running")
_SILENT = ("none", "scheduled", "queued", "removed")


class RunFailed(RuntimeError):
    """The DAG run did not succeed."""

    def __init__(self, run_id: str, state: str, failed: Mapping[str, list[str]]) -> None:
        self.run_id = run_id
        self.state = state
        self.failed = failed
        shown = "".join(
            f"\n{task} failed; its log ends with:\n  " + "\n  ".join(log) for task, log in failed.items()
        )
        super().__init__(f"{DAG_ID}, run {run_id}: {state}{shown}")


class DagMissing(RuntimeError):
    """Airflow does not know the DAG."""

    def __init__(self, import_errors: Mapping[str, str]) -> None:
        self.import_errors = import_errors
        shown = "".join(f"\n{file}:\n{trace}" for file, trace in import_errors.items())
        super().__init__(f"Airflow has not read the DAG {DAG_ID} within {_DAG_SECONDS} s{shown}")


@dataclass(frozen=True)
class Receipt:
    """The account that a run gave of itself."""

    run_id: str

    counts: Mapping[str, Any]
    """Short form, as the task returned it: counts by fate, and whether they close."""

    quarantined: Mapping[str, str]
    """Why each object that is in quarantine is there, by key; from the long form of this and earlier runs."""

    @property
    def uri(self) -> str:
        """The file with the long form."""
        return str(self.counts["uri"])


def ingest(world: World, watch: Stopwatch) -> Receipt:
    """Run the DAG over the corpus.

    Raises:
        DagMissing: Its file cannot be read.
        RunFailed: A task failed, or the run does not end.
        ServerDied: A process of the demo ended meanwhile.

    """
    airflow = world.airflow
    _wait_for_dag(airflow)
    # A demo that was interrupted leaves a run whose tasks nobody works on; it would hold up ours for minutes.
    for left in airflow.api.unfinished_runs(DAG_ID):
        airflow.api.give_up(DAG_ID, left)
    airflow.api.unpause(DAG_ID)
    run_id = f"demo_{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}"
    airflow.api.trigger(DAG_ID, run_id, CONF)
    watch.say(f"{DAG_ID} runs: {airflow.url}/dags/{DAG_ID}/runs/{run_id}")
    state = _follow(world, run_id, watch)
    if state != "success":
        raise RunFailed(run_id, state, _failed(airflow, run_id))
    counts = airflow.api.returned(DAG_ID, run_id, "receipt")
    return Receipt(run_id, counts, _quarantined(Path(unquote(urlsplit(counts["uri"]).path))))


def _quarantined(receipt: Path) -> dict[str, str]:
    """Read which objects are in quarantine, and why."""
    return {entry["key"]: entry["reason"] for entry in json.loads(receipt.read_bytes())["quarantine"]}


def _wait_for_dag(airflow: Airflow) -> None:
    deadline = time.monotonic() + _DAG_SECONDS
    while not airflow.api.has_dag(DAG_ID):
        airflow.check()
        if time.monotonic() > deadline:
            raise DagMissing(airflow.api.import_errors())
        time.sleep(_POLL_SECONDS)


def _follow(world: World, run_id: str, watch: Stopwatch) -> str:
    """Print what the tasks do until the run ends; return the run's last state."""
    seen: dict[tuple[str, int], str] = {}
    deadline = time.monotonic() + _RUN_SECONDS
    while time.monotonic() < deadline:
        world.check()
        # An answer that fails once is asked for again: the api-server may be out of breath. If it has died,
        # the check says so.
        with contextlib.suppress(httpx.HTTPError):
            state = world.airflow.api.run_state(DAG_ID, run_id)  # first, so that no task's change is missed
            _show_changes(world.airflow.api.task_states(DAG_ID, run_id), seen, watch)
            if state not in _RUNNING:
                return state
        time.sleep(_POLL_SECONDS)
    return f"not ended after {_RUN_SECONDS} s"


def _show_changes(tasks: Iterable[TaskState], seen: dict[tuple[str, int], str], watch: Stopwatch) -> None:
    """Print the tasks that are not as they were *seen*, and take note."""
    for task in tasks:
        if seen.get(task[:2]) != task.state and task.state not in _SILENT:
            watch.say(f"  {_name(task):<28} {task.state}")
        seen[task[:2]] = task.state


def _failed(airflow: Airflow, run_id: str) -> dict[str, list[str]]:
    tasks = airflow.api.task_states(DAG_ID, run_id)
    return {
        _name(task): airflow.api.log(DAG_ID, run_id, task)[-20:] for task in tasks if task.state == "failed"
    }


def _name(task: TaskState) -> str:
    return task.task_id if task.map_index < 0 else f"{task.task_id}[{task.map_index}]"

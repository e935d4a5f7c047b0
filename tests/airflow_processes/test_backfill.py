"""`airflow backfill create` over a prefix for each day: every day once, and never twice."""

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.corpus import BUCKET
from demo.corpus.images import encode
from demo.corpus.road import DUSK
from demo.stopwatch import Stopwatch
from demo.world import World, running_world
from tests.airflow_processes.processes import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

DAG_ID = "nightly_ingest"
DAYS = ("2026-11-16", "2026-11-17", "2026-11-18")
IMAGES_A_DAY = 2
ATTEMPTS = 5
ANSWER_SECONDS = 60


def backfill(world: World, reprocess: str) -> None:
    """Backfill all days, and wait until every run has ended and Airflow has noticed."""
    world.airflow.api.pause(DAG_ID)
    for _ in range(ATTEMPTS):
        if created(world, reprocess):
            break
        for begun in running_backfills(world):
            ask(world, "PUT", f"backfills/{begun}/cancel")
        reprocess = "completed"  # the runs that were made before the command failed have failed now
    world.airflow.api.unpause(DAG_ID)
    assert running_backfills(world)
    assert eventually(lambda: not running_backfills(world), seconds=300), runs(world)


def created(world: World, reprocess: str) -> bool:
    """Call the command; Airflow's SQLite refuses its transaction when the scheduler writes at the same moment."""
    command = [sys.executable, "-m", "airflow", "backfill", "create", "--dag-id", DAG_ID]
    days = ["--from-date", DAYS[0], "--to-date", DAYS[-1]]
    ended = subprocess.run(
        [*command, *days, "--reprocess-behavior", reprocess],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env=dict(world.airflow.environment),
    )
    assert ended.returncode == 0 or "database is locked" in ended.stderr, ended.stderr
    return ended.returncode == 0


def ask(world: World, method: str, path: str) -> Any:  # noqa: ANN401 - any JSON
    """Ask Airflow's API."""
    url = f"{world.airflow.url}/api/v2/{path}"
    return httpx.request(method, url, timeout=ANSWER_SECONDS).raise_for_status().json()


def running_backfills(world: World) -> list[int]:
    found = ask(world, "GET", f"backfills?dag_id={DAG_ID}")["backfills"]
    return [one["id"] for one in found if one["completed_at"] is None]


def runs(world: World) -> dict[str, tuple[str, str]]:
    """Map each day to the id and the state of its run."""
    found = ask(world, "GET", f"dags/{DAG_ID}/dagRuns")["dag_runs"]
    return {run["logical_date"][:10]: (run["dag_run_id"], run["state"]) for run in found}


def receipts(world: World) -> dict[str, dict[str, object]]:
    """Return what the receipt of each day said."""
    return {day: world.airflow.api.returned(DAG_ID, run, "receipt") for day, (run, _) in runs(world).items()}


def items(world: World) -> Counter[str]:
    """Count the items of the folder by name."""
    (folder,) = world.sandbox.client().find_storage_folders(search="fleet")
    return Counter(item.name for item in folder.list_items())


def test_each_day_of_a_backfill_lands_once_and_a_repeated_one_registers_nothing(tmp_path: Path) -> None:
    with running_world(tmp_path, Stopwatch()) as world:
        store = world.bucket_server.store(BUCKET)
        keys = [f"{day}/{number}.jpg" for day in DAYS for number in range(IMAGES_A_DAY)]
        for shade, key in enumerate(keys):
            store.put(key, encode("JPEG", DUSK, shade))
        backfill(world, "none")
        first = receipts(world)
        assert {day: receipt["registered"] for day, receipt in first.items()} == dict.fromkeys(
            DAYS, IMAGES_A_DAY
        )
        assert all(receipt["closed"] for receipt in first.values())

        backfill(world, "completed")
        again = receipts(world)
        assert {day: receipt["discovered"] for day, receipt in again.items()} == dict.fromkeys(
            DAYS, IMAGES_A_DAY
        )
        assert all(receipt["closed"] for receipt in again.values())
        assert items(world) == Counter(keys)

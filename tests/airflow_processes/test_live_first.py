"""A backfill and a live run at once: the live one gets every slot that is free when it needs one."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from demo.corpus import BUCKET
from demo.corpus.images import encode
from demo.corpus.road import DUSK
from demo.stopwatch import Stopwatch
from demo.world import World, running_world
from tests.airflow_processes.processes import eventually
from tests.airflow_processes.test_backfill import ask, created, running_backfills

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

DAG_ID = "nightly_ingest"
DAYS = [f"2026-11-{day:02}" for day in range(13, 17)]
TODAY = "2026-11-20"


def put_images(world: World) -> None:
    store = world.bucket_server.store(BUCKET)
    for shade, day in enumerate([*DAYS, TODAY]):
        store.put(f"{day}/camera.jpg", encode("JPEG", DUSK, shade))


def begin_backfill(world: World) -> None:
    """Make the runs of a backfill; a paused DAG leaves Airflow's SQLite to the command."""
    reprocess = "none"
    while not created(world, reprocess, DAYS[0], DAYS[-1]):
        for begun in running_backfills(world):
            ask(world, "PUT", f"backfills/{begun}/cancel")
        reprocess = "completed"
    world.airflow.api.unpause(DAG_ID)


def tasks(world: World) -> list[dict[str, Any]]:
    """Return every task of every run, with its times."""
    answer = ask(world, "GET", f"dags/{DAG_ID}/dagRuns/~/taskInstances?limit=100")
    found: list[dict[str, Any]] = answer["task_instances"]
    return found


def at(time: str) -> datetime:
    return datetime.fromisoformat(time)


def test_while_a_live_task_waits_no_task_of_a_backfill_is_begun(tmp_path: Path) -> None:
    with running_world(tmp_path, Stopwatch()) as world:
        put_images(world)
        assert eventually(lambda: world.airflow.api.has_dag(DAG_ID), seconds=120), "the DAG cannot be read"
        begin_backfill(world)
        is_begun = lambda: any(task["state"] == "success" for task in tasks(world))  # noqa: E731 - read once, below
        assert eventually(is_begun, seconds=300), "the backfill does not begin"

        world.airflow.api.trigger(DAG_ID, "tonight", {"prefix": f"{TODAY}/", "wait_minutes": 0})
        ended = eventually(lambda: world.airflow.api.run_state(DAG_ID, "tonight") == "success", seconds=600)
        seen = tasks(world)

        assert ended, world.airflow.api.task_states(DAG_ID, "tonight")
        receipt = world.airflow.api.returned(DAG_ID, "tonight", "receipt")
        assert (receipt["registered"], receipt["closed"]) == (1, True)
        live = [task for task in seen if task["dag_run_id"] == "tonight"]
        past = [task for task in seen if task["dag_run_id"] != "tonight" and task["queued_when"]]
        assert any(task["state"] not in ("success", "skipped") for task in seen if task not in live), (
            "the backfill was over before the live run: nothing was shown"
        )
        overtaken = [
            (waiting["task_id"], begun["dag_run_id"], begun["task_id"])
            for waiting in live
            for begun in past
            if at(waiting["scheduled_when"]) < at(begun["queued_when"]) < at(waiting["queued_when"])
        ]
        assert overtaken == []

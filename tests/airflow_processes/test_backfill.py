"""`airflow backfill create` over a prefix for each day: every day once, and never twice."""

from collections import Counter
from pathlib import Path

import pytest

from demo.corpus import BUCKET
from demo.corpus.images import encode
from demo.corpus.road import DUSK
from demo.stopwatch import Stopwatch
from demo.world import World, running_world
from tests.airflow_processes.backfills import backfill, runs

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

DAG_ID = "nightly_ingest"
DAYS = ("2026-11-16", "2026-11-17", "2026-11-18")


class Days:
    """What the cameras wrote on each day."""

    def __init__(self, world: World) -> None:
        self.store = world.bucket_server.store(BUCKET)
        self.keys: list[str] = []

    def put(self, day: str, name: str) -> None:
        """Write a picture that is like no other."""
        key = f"{day}/{name}.jpg"
        self.store.put(key, encode("JPEG", DUSK, len(self.keys)))
        self.keys.append(key)


def registered(world: World) -> dict[str, int]:
    """Return how many objects the last run of each day registered; each run's receipt must close."""
    receipts = {
        day: world.airflow.api.returned(DAG_ID, run["dag_run_id"], "receipt")
        for day, run in runs(world.airflow, DAG_ID).items()
    }
    assert all(receipt["closed"] for receipt in receipts.values())
    return {day: receipt["registered"] for day, receipt in receipts.items()}


def items(world: World) -> Counter[str]:
    """Count the items of the folder by name."""
    (folder,) = world.sandbox.client().find_storage_folders(search="fleet")
    return Counter(item.name for item in folder.list_items())


def test_each_way_of_reprocessing_registers_what_is_missing_and_nothing_twice(tmp_path: Path) -> None:
    first, second, third = DAYS
    with running_world(tmp_path, Stopwatch()) as world:
        days = Days(world)
        for day in (first, second):
            days.put(day, "noon")
        backfill(world.airflow, DAG_ID, (first, second), "none")
        assert registered(world) == {first: 1, second: 1}

        # what is late under a day that is done, or that failed, waits for who asks for that day again
        for day in DAYS:
            days.put(day, "late")
        before = runs(world.airflow, DAG_ID)
        backfill(world.airflow, DAG_ID, DAYS, "none")
        after = runs(world.airflow, DAG_ID)
        assert registered(world) == {first: 1, second: 1, third: 1}
        assert [after[day]["end_date"] for day in before] == [run["end_date"] for run in before.values()]

        world.airflow.api.give_up(DAG_ID, after[second]["dag_run_id"])
        backfill(world.airflow, DAG_ID, DAYS, "failed")
        assert items(world) == Counter(key for key in days.keys if key != f"{first}/late.jpg")

        backfill(world.airflow, DAG_ID, DAYS, "completed")
        assert registered(world)[first] >= 1
        assert items(world) == Counter(days.keys)
        assert {run["dag_run_id"] for run in runs(world.airflow, DAG_ID).values()} == {
            run["dag_run_id"] for run in after.values()
        }, "a day that is done again is the same run"

"""`kill -9` of each process in turn: the run comes to its end, and Encord holds every object of the bucket once."""

import os
import signal
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from demo.bucket_server import BucketServer
from demo.server_process import running
from tests.airflow_processes.fleet import Fleet, Night, kill, running_fleet, until
from tests.conftest import BUCKET

pytestmark = pytest.mark.timeout(1200)

MANY = 200
"""Upload jobs that one trigger waits for."""


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory, bucket_server: BucketServer) -> Iterator[Fleet]:
    """Run one for all tests of the module: Airflow takes a while to start."""
    with running_fleet(tmp_path_factory.mktemp("fleet"), bucket_server, BUCKET) as started:
        yield started


@pytest.fixture
def held(fleet: Fleet) -> Iterator[Fleet]:
    """Let no upload job make progress until the test lets them go on."""
    fleet.trouble.hold_jobs()
    yield fleet
    fleet.trouble.hold_jobs(held=False)


def waiting(fleet: Fleet, objects: int) -> Night:
    """Start a run with a job for each object, and wait until it waits for them."""
    night = fleet.start("wide", objects)
    until(night.is_deferred, f"{night.run} is deferred")
    assert night.jobs() == {"PENDING": objects}
    return night


@pytest.mark.slow
def test_a_worker_that_is_killed_while_it_submits_leaves_nothing_behind_and_nothing_twice(
    fleet: Fleet,
) -> None:
    fleet.trouble.script({"method": "POST", "path": "/data-upload-jobs$", "effect": "delay", "seconds": 5})
    night = fleet.start("fleet", objects=20)
    until(lambda: any(one.outcome_unknown for one in night.manifests()), "a job is about to be started")
    (submit,) = night.tasks("submit")

    kill(submit["pid"])

    night.lands()
    (submit,) = night.tasks("submit")
    assert submit["try_number"] > 1


@pytest.mark.slow
def test_a_triggerer_that_is_killed_while_200_jobs_are_waited_for_cancels_and_loses_none(held: Fleet) -> None:
    night = waiting(held, MANY)
    triggerer = held.component("triggerer")

    triggerer.kill()
    triggerer.start()

    held.trouble.hold_jobs(held=False)
    night.lands()
    assert night.jobs() == {"DONE": MANY}


@pytest.mark.slow
def test_a_triggerer_that_stands_still_until_another_has_its_jobs_cancels_none_when_it_goes_on(
    held: Fleet, tmp_path: Path
) -> None:
    night = waiting(held, 5)
    number, first = night.triggerer(), held.component("triggerer")
    assert number is not None
    command = [sys.executable, "-m", "airflow", "triggerer", "--skip-serve-logs"]

    os.killpg(first.pid, signal.SIGSTOP)
    with running("second triggerer", command, tmp_path / "log", held.airflow.environment):
        until(lambda: night.triggerer() not in {None, number}, "the second triggerer has the wait")
        os.killpg(first.pid, signal.SIGCONT)
        noticed = datetime.now(UTC) + timedelta(seconds=10)
        until(lambda: held.seen(number) > noticed, "the first triggerer has gone on for a while")

        assert night.jobs() == {"PENDING": 5}
        held.trouble.hold_jobs(held=False)
        night.lands()
    assert night.jobs() == {"DONE": 5}


@pytest.mark.slow
def test_a_scheduler_that_is_killed_with_its_workers_is_followed_by_one_that_goes_on(fleet: Fleet) -> None:
    fleet.trouble.script({"method": "POST", "path": "/data-upload-jobs$", "effect": "delay", "seconds": 5})
    night = fleet.start("fleet", objects=40)
    until(lambda: any(one.outcome_unknown for one in night.manifests()), "a job is about to be started")
    scheduler = fleet.component("scheduler")

    scheduler.kill()
    scheduler.start()

    night.lands()


@pytest.mark.slow
def test_an_encord_that_dies_half_way_through_its_jobs_is_found_again_where_it_was(fleet: Fleet) -> None:
    fleet.trouble.pace(units_per_second=10)
    night = fleet.start("fleet", objects=60)
    until(lambda: 0 < night.registered().total() < 60, "some objects are registered")

    fleet.sandbox.process.kill()
    before = night.registered()
    fleet.sandbox.process.start()

    night.lands()
    assert before <= night.registered()


@pytest.mark.slow
def test_an_airflow_that_dies_as_a_whole_goes_on_with_its_runs_when_it_is_started_again(held: Fleet) -> None:
    night = held.start("fleet", objects=60)
    until(night.is_deferred, f"{night.run} is deferred")

    for component in held.airflow.components:
        component.kill()
    for component in held.airflow.components:
        component.start()

    held.trouble.hold_jobs(held=False)
    night.lands()


@pytest.mark.slow
def test_a_person_who_stops_the_wait_cancels_all_of_its_jobs(held: Fleet) -> None:
    failed, cleared, deleted = nights = [waiting(held, jobs) for jobs in (MANY, 5, 5)]

    wait = f"dags/wide/dagRuns/{failed.run}/taskInstances/registered"
    held.ask("PATCH", wait, {"new_state": "failed"})
    clear = {"dry_run": False, "only_failed": False, "dag_run_id": cleared.run, "task_ids": ["registered"]}
    held.ask("POST", "dags/wide/clearTaskInstances", clear)
    held.airflow.api.give_up("wide", deleted.run)  # Airflow deletes no run that is running
    held.ask("DELETE", f"dags/wide/dagRuns/{deleted.run}")

    for night in nights:
        until(night.is_cancelled, f"the jobs of {night.run} are cancelled")


@pytest.mark.slow
def test_a_run_that_is_cleared_as_a_whole_registers_what_came_since_and_nothing_twice(fleet: Fleet) -> None:
    night = fleet.start("fleet", objects=20)
    night.lands()
    before = night.jobs()

    night = night.again(objects=60)

    night.lands()
    assert len(night.tasks("submit")) > before.total()
    assert night.jobs() == {"DONE": 3}

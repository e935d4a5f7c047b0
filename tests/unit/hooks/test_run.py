"""A task's context becomes the run that the ledger knows."""

from dataclasses import dataclass
from pathlib import Path

from encord_provider.hooks.run import open_run, task_of
from encord_provider.manifest.ingestion import Ingestion
from tests.unit.encord_api.keys import OPENSSH
from tests.unit.hooks.conftest import Connect


@dataclass(frozen=True)
class Instance:
    """What of Airflow's task instance names a task."""

    task_id: str = "submit"
    map_index: int = -1
    try_number: int = 1
    dag_id: str = "nightly"
    run_id: str = "scheduled__2026-01-01T00:00:00+00:00"


def test_a_task_has_the_same_name_at_every_try() -> None:
    names = {task_of({"ti": Instance(try_number=number)}).name for number in (1, 2, 3)}

    assert names == {"nightly/scheduled__2026-01-01T00:00:00+00:00/submit"}


def test_mapped_tasks_of_one_run_are_different_tasks_of_the_same_run() -> None:
    tasks = [task_of({"ti": Instance(map_index=index)}) for index in range(3)]

    assert len({task.name for task in tasks}) == 3
    assert {task.run for task in tasks} == {"nightly/scheduled__2026-01-01T00:00:00+00:00"}


def test_the_folder_is_told_apart_by_the_domain(connect: Connect, home: Path) -> None:
    ingestion = Ingestion(source="s3://fleet/", folder="fleet")
    targets = []
    for domain in ("https://one.example.com", "https://two.example.com"):
        connect(host=domain, password=OPENSSH)
        with open_run({"ti": Instance()}, ingestion) as run:
            targets.append(run.target)

    assert targets == ["https://one.example.com#fleet", "https://two.example.com#fleet"]
    assert (home / "encord" / "ledger.db").exists()

"""The sensors, run as tasks of small DAGs."""

from collections.abc import Callable
from typing import Any

import pytest

from demo.corpus import PREFIX
from tests.airflow.conftest import World, returned_by, run_tasks


def sensor_of(world: World, prefix: str, **arguments: Any) -> Callable[[], None]:
    """Return what defines a task that waits for objects under a prefix."""

    def define() -> None:
        from encord_provider.sensors.bucket import EncordBucketSensor

        source = f"s3://{world.bucket}/{prefix}"
        EncordBucketSensor(task_id="arrived", source=source, folder="fleet", retries=0, **arguments)

    return define


@pytest.mark.parametrize("deferrable", [True, False])
def test_the_sensor_returns_what_the_other_operators_go_by(world: World, deferrable: bool) -> None:  # noqa: FBT001 - a parameter of a test
    tasks = run_tasks(sensor_of(world, PREFIX, deferrable=deferrable, exclude="**/*.tmp"))

    assert tasks["arrived"].state == "success"
    returned = returned_by(tasks["arrived"])
    assert (returned["source"], returned["folder"]) == (f"s3://{world.bucket}/{PREFIX}", "fleet")
    assert returned["exclude"] == ["**/*.tmp"]


@pytest.mark.parametrize("deferrable", [True, False])
@pytest.mark.parametrize(
    ("nothing_new", "state"), [("skip", "skipped"), ("proceed", "success"), ("fail", "failed")]
)
def test_when_nothing_comes_the_task_does_as_it_is_told(
    world: World,
    nothing_new: str,
    state: str,
    deferrable: bool,  # noqa: FBT001 - a parameter of a test
) -> None:
    tasks = run_tasks(
        sensor_of(
            world,
            "no-such-day/",
            nothing_new=nothing_new,
            wait_minutes="0.01",
            poke_interval=0.2,
            deferrable=deferrable,
        )
    )

    assert tasks["arrived"].state == state


@pytest.mark.usefixtures("world")
def test_a_source_that_cannot_be_read_fails_at_once() -> None:
    def define() -> None:
        from encord_provider.sensors.bucket import EncordBucketSensor

        EncordBucketSensor(task_id="arrived", source="ftp://nowhere/", folder="fleet", retries=5)

    assert run_tasks(define)["arrived"].state == "failed"


@pytest.mark.usefixtures("world")
def test_an_upload_sensor_without_jobs_is_done() -> None:
    def define() -> None:
        from encord_provider.sensors.upload import EncordUploadSensor

        EncordUploadSensor(task_id="registered", jobs=[None])

    tasks = run_tasks(define)
    assert returned_by(tasks["registered"]) == {"jobs": 0, "registered": 0, "quarantined": 0}


def ingestion_with(world: World, **arguments: Any) -> Callable[[], None]:
    """Return what defines a small ingestion whose last task has *arguments*."""

    def define() -> None:
        from encord_provider.operators.manifest import EncordBuildManifestOperator
        from encord_provider.operators.upload import EncordSubmitUploadOperator
        from encord_provider.sensors.upload import EncordUploadSensor

        manifests = EncordBuildManifestOperator(
            task_id="manifests",
            source=f"s3://{world.bucket}/{PREFIX}images/",
            folder="fleet",
            integration="fleet-s3",
            probing="off",  # Encord itself is to refuse what is broken
        )
        jobs = EncordSubmitUploadOperator.partial(task_id="submit").expand(manifest=manifests.output)
        EncordUploadSensor(task_id="registered", jobs=jobs.output, retries=0, **arguments)

    return define


@pytest.mark.parametrize(
    ("max_failed", "state"), [(None, "success"), (1, "success"), (0, "failed"), (0.01, "failed")]
)
def test_more_refusals_than_allowed_fail_the_task(world: World, max_failed: float | None, state: str) -> None:
    assert run_tasks(ingestion_with(world, max_failed=max_failed))["registered"].state == state


def test_without_a_triggerer_the_task_waits_itself(world: World) -> None:
    world.sandbox.pace(units_per_second=20)

    tasks = run_tasks(ingestion_with(world, deferrable=False, poke_interval=0.2))

    assert tasks["registered"].state == "success"
    assert returned_by(tasks["registered"])["registered"] > 0


@pytest.mark.usefixtures("world")
def test_a_manifest_operator_without_a_source_says_what_to_give() -> None:
    def define() -> None:
        from encord_provider.operators.manifest import EncordBuildManifestOperator

        EncordBuildManifestOperator(task_id="manifests", retries=5)

    assert run_tasks(define)["manifests"].state == "failed"

"""Dates in the template of a source: the run's own day, and a clear end where a run has none."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from demo.corpus import BUCKET
from tests.airflow.conftest import Fleet, World, run_tasks
from tests.bucket import Bucket
from tests.media import image

pytestmark = pytest.mark.slow

DAY = datetime(2026, 11, 23, tzinfo=UTC)
DS = "{{ ds }}"
INTERVAL = "{{ data_interval_start.strftime('%Y-%m-%d') }}"
EITHER = "{{ (dag_run.logical_date or dag_run.run_after) | ds }}"


@pytest.fixture
def bucket(fleet: Fleet) -> Iterator[Bucket]:
    """Give the test a picture of each of some days: the day's, those around it, and today's."""
    days = {*(DAY.replace(day=number) for number in (22, 23, 24)), datetime.now(UTC)}
    keys = [f"dated/{day:%Y-%m-%d}/1.png" for day in days]
    bucket = Bucket(fleet.server, BUCKET, "")
    for shade, key in enumerate(keys):
        bucket.put(key, image(shade=shade))
    yield bucket
    for key in keys:
        bucket.delete(key)


def registered(world: World, template: str, logical_date: datetime | None) -> tuple[str, list[str]]:
    """Run an ingestion of a day; return how its build ended, and the names of the folder's items."""
    from airflow.timetables.interval import CronDataIntervalTimetable

    def define() -> None:
        from encord_provider.operators.manifest import EncordBuildManifestOperator
        from encord_provider.operators.upload import EncordSubmitUploadOperator
        from encord_provider.sensors.upload import EncordUploadSensor

        manifests = EncordBuildManifestOperator(
            task_id="manifests",
            source=f"s3://{world.bucket}/dated/{template}/",
            folder="fleet",
            integration="fleet-s3",
            retries=0,
        )
        jobs = EncordSubmitUploadOperator.partial(task_id="submit").expand(manifest=manifests.output)
        EncordUploadSensor(task_id="registered", jobs=jobs.output)

    daily = CronDataIntervalTimetable("@daily", timezone="UTC")
    tasks = run_tasks(define, daily, logical_date)
    folders = world.sandbox.client().find_storage_folders(search="fleet")
    return str(tasks["manifests"].state), [item.name for folder in folders for item in folder.list_items()]


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize(("template", "day"), [(DS, 23), (INTERVAL, 22), (EITHER, 23)])
def test_a_run_by_hand_registers_one_day_and_no_other(world: World, template: str, day: int) -> None:
    expected = ("success", [f"dated/2026-11-{day}/1.png"])
    assert registered(world, template, DAY) == expected, "its interval is the one that has ended"


@pytest.mark.usefixtures("bucket")
def test_a_run_without_a_logical_date_takes_the_day_on_which_it_was_asked_for(world: World) -> None:
    assert registered(world, EITHER, None) == ("success", [f"dated/{datetime.now(UTC):%Y-%m-%d}/1.png"])


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize("template", [DS, INTERVAL])
def test_a_run_without_a_date_fails_where_the_source_needs_one_and_registers_nothing(
    world: World, template: str
) -> None:
    assert registered(world, template, None) == ("failed", [])

"""Airflow's own S3 sensor in front of an ingestion; those of other clouds are in ``tests/clouds``."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from demo.corpus import BUCKET
from tests.airflow.conftest import World, dag_of, returned_by
from tests.bucket import Bucket
from tests.media import image, video

DAY = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def delivery(world: World, request: pytest.FixtureRequest) -> Iterator[Bucket]:
    """Give the test the prefix of a day on which nothing was delivered yet."""
    delivered = Bucket(request.getfixturevalue("bucket_server"), world.bucket, f"{DAY:%Y-%m-%d}/")
    yield delivered
    for key in ("a b.mp4", "1+1.png", "_SUCCESS"):
        delivered.delete(key)


def test_the_marker_of_a_day_starts_its_ingestion(world: World, delivery: Bucket) -> None:
    urls = {delivery.put("a b.mp4", video()), delivery.put("1+1.png", image())}
    delivery.put("_SUCCESS", b"")

    dag_run = dag_of("after_stock_sensor").test(logical_date=DAY)

    tasks = {ti.task_id: ti for ti in dag_run.get_task_instances()}
    assert dag_run.state == "success", {name: ti.state for name, ti in tasks.items()}
    assert returned_by(tasks["registered"])["registered"] == len(urls)
    (folder,) = world.sandbox.client().find_storage_folders(search="fleet")
    assert {item.url for item in folder.list_items()} == urls


def test_without_the_marker_of_its_day_nothing_is_ingested(world: World, delivery: Bucket) -> None:
    from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor

    delivery.put("a b.mp4", video())
    complete = dag_of("after_stock_sensor").get_task("complete")
    assert isinstance(complete, S3KeySensor)
    complete.bucket_key = f"s3://{BUCKET}/{delivery.prefix}_SUCCESS"

    assert complete.poke({}) is False
    delivery.put("_SUCCESS", b"")
    assert complete.poke({}) is True
    assert list(world.sandbox.client().find_storage_folders(search="fleet")) == []

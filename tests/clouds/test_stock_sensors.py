"""Airflow's own sensor of each cloud in front of an ingestion."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from demo.corpus import BUCKET
from tests.airflow.conftest import DAGS
from tests.clouds.cloud import CONTRACT, Cloud, Place
from tests.clouds.world import World
from tests.media import image, video

if TYPE_CHECKING:
    from airflow.sdk import BaseSensorOperator

STOCK = {
    "s3": ("airflow.providers.amazon.aws.sensors.s3", "S3KeySensor", "bucket_name", "bucket_key"),
    "gs": (
        "airflow.providers.google.cloud.sensors.gcs",
        "GCSObjectsWithPrefixExistenceSensor",
        "bucket",
        "prefix",
    ),
    "az": ("airflow.providers.microsoft.azure.sensors.wasb", "WasbPrefixSensor", "container_name", "prefix"),
}
"""Module, name, and the arguments for bucket and key, of each cloud's sensor."""


def sensor_of(cloud: Cloud, key: str) -> "BaseSensorOperator":
    """Make the cloud's own sensor for a key of the contract suite's bucket."""
    module, name, bucket_argument, key_argument = STOCK[cloud.scheme]
    sensor = getattr(import_module(module), name)
    made: BaseSensorOperator = sensor(task_id="complete", **{bucket_argument: CONTRACT, key_argument: key})
    return made


def dag_code(cloud: Cloud, place: Place) -> str:
    """Put the cloud's own sensor, and the test's place, into the example DAG."""
    module, name, bucket_argument, key_argument = STOCK[cloud.scheme]
    day = "{{ ds }}/"
    code = (DAGS / "after_stock_sensor.py").read_text()
    code = code.replace("airflow.providers.amazon.aws.sensors.s3", module).replace("S3KeySensor", name)
    code = code.replace(f"{name}(", f"{name}({bucket_argument}={CONTRACT!r}, ")
    code = code.replace(f'bucket_key="s3://{BUCKET}/{day}', f'{key_argument}="{place.prefix}')
    return code.replace(f"s3://{BUCKET}/{day}", place.uri())


@pytest.mark.usefixtures("airflow_database")
def test_the_stock_sensor_sees_the_marker_when_it_is_there_and_not_before(place: Place) -> None:
    sensor = sensor_of(place.cloud, f"{place.prefix}_SUCCESS")

    before: Any = sensor.poke({})
    place.put("_SUCCESS", b"")

    assert not before
    assert sensor.poke({})


def test_what_lies_beside_the_marker_is_ingested(world: World) -> None:
    place = Place.new(world.cloud)
    place.put("a b.mp4", video())
    place.put("1+1.png", image())
    place.put("_SUCCESS", b"")

    returned = world.run_code("after_stock_sensor", dag_code(world.cloud, place), conf={})

    assert returned["registered"]["registered"] == 2
    (folder,) = world.sandbox.client().find_storage_folders(search="fleet")
    assert {item.url for item in folder.list_items()} == {place.url("a b.mp4"), place.url("1+1.png")}

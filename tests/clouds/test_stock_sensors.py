"""Airflow's own sensor of each cloud; in front of an ingestion they are in `test_dags`."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from tests.clouds.cloud import CONTRACT, Cloud, Place

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


@pytest.mark.usefixtures("airflow_database")
def test_the_stock_sensor_sees_the_marker_when_it_is_there_and_not_before(place: Place) -> None:
    sensor = sensor_of(place.cloud, f"{place.prefix}_SUCCESS")

    before: Any = sensor.poke({})
    place.put("_SUCCESS", b"")

    assert not before
    assert sensor.poke({})

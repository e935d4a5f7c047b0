"""The example DAGs that wake on events: their triggers survive the way to the triggerer, and the listing decides."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

from tests.airflow.conftest import dag_of

if find_spec("airflow.sdk.definitions.timetables") is None:
    pytest.skip("Airflow's SDK has timetables from 3.2", allow_module_level=True)

QUEUES = {
    "on_s3_events": ("amazon", "airflow.providers.amazon.aws.triggers.sqs.SqsSensorTrigger"),
    "on_gcs_events": ("google", "airflow.providers.google.cloud.triggers.pubsub.PubsubPullTrigger"),
    "on_azure_events": (
        "microsoft.azure",
        "airflow.providers.microsoft.azure.triggers.message_bus.AzureServiceBusQueueTrigger",
    ),
}


def watcher_of(name: str) -> Any:  # noqa: ANN401 - Airflow's, which gives its trigger as a class path and arguments
    """Return what watches the asset that wakes a DAG, as Airflow stores it."""
    from airflow.serialization.serialized_objects import DagSerialization

    stored: Any = DagSerialization.from_dict(DagSerialization.to_dict(dag_of(name)))
    ((_, asset),) = stored.timetable.asset_condition.iter_assets()
    (watcher,) = asset.watchers
    return watcher


@pytest.mark.parametrize("name", QUEUES)
def test_a_dag_wakes_on_a_message_and_its_trigger_can_be_rebuilt_by_the_triggerer(name: str) -> None:
    from airflow.sdk.serde import deserialize, serialize
    from airflow.triggers.base import BaseEventTrigger

    provider, trigger_class = QUEUES[name]
    if find_spec(f"airflow.providers.{provider}") is None:
        pytest.skip(f"the {provider} provider is not installed")
    watcher = watcher_of(name)

    path, arguments = watcher.trigger["classpath"], watcher.trigger["kwargs"]

    assert path == trigger_class
    module, _, name_of_class = path.rpartition(".")
    survived: Any = deserialize(serialize(arguments))
    rebuilt = getattr(import_module(module), name_of_class)(**survived)
    assert isinstance(rebuilt, BaseEventTrigger)
    assert rebuilt.serialize() == (path, arguments)

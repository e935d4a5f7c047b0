"""The example DAGs that wake on events: their triggers survive the way to the triggerer, and the listing decides."""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from tests.airflow.conftest import World, dag_of

if TYPE_CHECKING:
    from airflow.sdk import Asset

QUEUES = {
    "on_s3_events": ("amazon", "airflow.providers.amazon.aws.triggers.sqs.SqsSensorTrigger"),
    "on_gcs_events": ("google", "airflow.providers.google.cloud.triggers.pubsub.PubsubPullTrigger"),
    "on_azure_events": (
        "microsoft.azure",
        "airflow.providers.microsoft.azure.triggers.message_bus.AzureServiceBusQueueTrigger",
    ),
}


def asset_of(name: str) -> "Asset":
    """Return the asset that wakes a DAG."""
    asset_condition: Any = dag_of(name).timetable.asset_condition  # type: ignore[attr-defined]  # of its timetable alone
    ((_, asset),) = asset_condition.iter_assets()
    found: Asset = asset
    return found


@pytest.mark.parametrize("name", QUEUES)
def test_a_dag_wakes_on_a_message_and_its_trigger_can_be_rebuilt_by_the_triggerer(name: str) -> None:
    from airflow.sdk.module_loading import import_string
    from airflow.sdk.serde import deserialize, serialize
    from airflow.triggers.base import BaseEventTrigger

    provider, trigger_class = QUEUES[name]
    if find_spec(f"airflow.providers.{provider}") is None:
        pytest.skip(f"the {provider} provider is not installed")
    (watcher,) = asset_of(name).watchers

    path, arguments = watcher.trigger["classpath"], watcher.trigger["kwargs"]

    assert path == trigger_class
    rebuilt = import_string(path)(**deserialize(serialize(arguments)))
    assert isinstance(rebuilt, BaseEventTrigger)
    assert rebuilt.serialize() == (path, arguments)


@pytest.mark.slow
def test_two_events_of_one_object_register_it_once(world: World) -> None:
    first = world.run("on_s3_events", {})
    second = world.run("on_s3_events", {})

    assert first["link"]["linked"] > 0
    assert second["manifests"] == []
    (folder,) = world.sandbox.client().find_storage_folders(search="fleet")
    assert len(list(folder.list_items())) == first["link"]["linked"]

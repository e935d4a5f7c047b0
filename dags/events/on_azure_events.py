"""Event Grid puts into a queue of Service Bus that blobs were created; the message wakes the DAG."""

from datetime import UTC, datetime

from airflow.providers.microsoft.azure.triggers.message_bus import AzureServiceBusQueueTrigger
from airflow.sdk import DAG, Asset, AssetOrTimeSchedule, AssetWatcher, CronTriggerTimetable

from encord_provider.operators.dataset import EncordLinkFolderOperator
from encord_provider.operators.manifest import EncordBuildManifestOperator
from encord_provider.operators.upload import EncordSubmitUploadOperator
from encord_provider.sensors.upload import EncordUploadSensor

# --8<-- [start:events]
QUEUE = AzureServiceBusQueueTrigger(queues=["fleet-cameras"], poll_interval=15, max_wait_time=5)
ARRIVALS = Asset("fleet-cameras-azure", watchers=[AssetWatcher(name="service-bus", trigger=QUEUE)])
# --8<-- [end:events]

# --8<-- [start:dag]
with DAG(
    "on_azure_events",
    # events are hints: one that is lost costs a day, since the listing decides what is new
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("@daily", timezone="UTC"), assets=[ARRIVALS]),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
):
    manifests = EncordBuildManifestOperator(
        task_id="manifests", source="az://fleet-cameras/", folder="fleet", integration="fleet-azure"
    )
    jobs = EncordSubmitUploadOperator.partial(task_id="submit").expand(manifest=manifests.output)
    registered = EncordUploadSensor(task_id="registered", jobs=jobs.output)
    registered >> EncordLinkFolderOperator(task_id="link", folder="fleet", dataset="fleet-labelling")
# --8<-- [end:dag]

"""Cloud Storage publishes that objects were created; a subscription of Pub/Sub wakes the DAG."""

from datetime import UTC, datetime

from airflow.providers.google.cloud.triggers.pubsub import PubsubPullTrigger
from airflow.sdk import DAG, Asset, AssetOrTimeSchedule, AssetWatcher, CronTriggerTimetable

from encord_provider.operators.dataset import EncordLinkFolderOperator
from encord_provider.operators.manifest import EncordBuildManifestOperator
from encord_provider.operators.upload import EncordSubmitUploadOperator
from encord_provider.sensors.upload import EncordUploadSensor

# --8<-- [start:events]
SUBSCRIPTION = PubsubPullTrigger(
    project_id="fleet",
    subscription="fleet-cameras",
    max_messages=100,
    ack_messages=True,
    gcp_conn_id="google_cloud_default",
    poke_interval=15,
    return_immediately=True,
)
ARRIVALS = Asset("fleet-cameras-gcs", watchers=[AssetWatcher(name="pubsub", trigger=SUBSCRIPTION)])
# --8<-- [end:events]

# --8<-- [start:dag]
with DAG(
    "on_gcs_events",
    # events are hints: one that is lost costs a day, since the listing decides what is new
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("@daily", timezone="UTC"), assets=[ARRIVALS]),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
):
    manifests = EncordBuildManifestOperator(
        task_id="manifests", source="gs://fleet-cameras/", folder="fleet", integration="fleet-gcs"
    )
    jobs = EncordSubmitUploadOperator.partial(task_id="submit").expand(manifest=manifests.output)
    registered = EncordUploadSensor(task_id="registered", jobs=jobs.output)
    registered >> EncordLinkFolderOperator(task_id="link", folder="fleet", dataset="fleet-labelling")
# --8<-- [end:dag]

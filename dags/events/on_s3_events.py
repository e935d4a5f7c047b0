"""S3 tells a queue of SQS that objects were created; the message wakes the DAG."""

from datetime import UTC, datetime

from airflow.providers.amazon.aws.triggers.sqs import SqsSensorTrigger
from airflow.sdk import DAG, Asset, AssetOrTimeSchedule, AssetWatcher, CronTriggerTimetable

from encord_provider.operators.dataset import EncordLinkFolderOperator
from encord_provider.operators.manifest import EncordBuildManifestOperator
from encord_provider.operators.upload import EncordSubmitUploadOperator
from encord_provider.sensors.upload import EncordUploadSensor

# --8<-- [start:events]
QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/fleet-cameras"
ARRIVALS = Asset(
    "fleet-cameras-s3",
    watchers=[
        AssetWatcher(
            name="sqs", trigger=SqsSensorTrigger(QUEUE, max_messages=10, num_batches=10, waiter_delay=15)
        )
    ],
)
# --8<-- [end:events]

# --8<-- [start:dag]
with DAG(
    "on_s3_events",
    # events are hints: one that is lost costs a day, since the listing decides what is new
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("@daily", timezone="UTC"), assets=[ARRIVALS]),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
):
    manifests = EncordBuildManifestOperator(
        task_id="manifests", source="s3://fleet-cameras/", folder="fleet", integration="fleet-s3"
    )
    jobs = EncordSubmitUploadOperator.partial(task_id="submit").expand(manifest=manifests.output)
    registered = EncordUploadSensor(task_id="registered", jobs=jobs.output)
    registered >> EncordLinkFolderOperator(task_id="link", folder="fleet", dataset="fleet-labelling")
# --8<-- [end:dag]

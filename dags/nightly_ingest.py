"""Each night: one day's prefix, grouped, registered, linked, described, and accounted for.

Runs on a schedule, in a backfill over past days, and by hand: the form of "Trigger" in the UI shows the params.
"""

from datetime import UTC, datetime

from airflow.sdk import DAG, Param
from airflow.timetables.interval import CronDataIntervalTimetable

from encord_provider.operators.dataset import EncordLinkFolderOperator
from encord_provider.operators.manifest import EncordBuildManifestOperator
from encord_provider.operators.metadata import EncordUpsertMetadataOperator
from encord_provider.operators.receipt import EncordReceiptOperator
from encord_provider.operators.upload import EncordSubmitUploadOperator
from encord_provider.sensors.bucket import EncordBucketSensor
from encord_provider.sensors.upload import EncordUploadSensor

# --8<-- [start:params]
PARAMS = {
    "bucket": Param("s3://fleet-cameras", type="string", description="Bucket that the cameras write to."),
    "prefix": Param(
        None,
        type=["null", "string"],
        description="What to ingest; empty: the prefix of the run's day, YYYY-MM-DD/.",
    ),
    "folder": Param("fleet", type="string", description="Storage folder in Encord; made when absent."),
    "dataset": Param("fleet-labelling", type="string", description="Dataset in Encord; made when absent."),
    "integration": Param("fleet-s3", type="string", description="Encord's cloud integration for the bucket."),
    "metadata_table": Param(
        None,
        type=["null", "string"],
        description="CSV or JSON lines with a column title; empty: no metadata.",
    ),
    "wait_minutes": Param(60, type="number", minimum=0, description="How long to wait for something new."),
}
# a run by hand may have no logical date; the day it was asked for takes its place
SOURCE = (
    "{{ params.bucket }}/"
    "{{ ((dag_run.logical_date or dag_run.run_after) | ds) ~ '/' if params.prefix is none else params.prefix }}"
)
# what did not come by the end of a past day will not come while a backfill waits
WAIT_MINUTES = "{{ 0 if dag_run.run_type == 'backfill' else params.wait_minutes }}"
# --8<-- [end:params]

# --8<-- [start:dag]
with DAG(
    "nightly_ingest",
    schedule=CronDataIntervalTimetable("@daily", timezone="UTC"),  # after the day, with the day as its date
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    params=PARAMS,
    max_active_runs=2,
    # tonight's files do not wait for a backfill
    default_args={"weight_rule": "encord_provider.plugins.live_first.LiveFirst"},
):
    arrived = EncordBucketSensor(
        task_id="arrived",
        source=SOURCE,
        folder="{{ params.folder }}",
        integration="{{ params.integration }}",
        exclude=["**/metadata/**", "**/*.tmp"],  # tables are no texts to be labelled
        wait_minutes=WAIT_MINUTES,
        nothing_new="proceed",  # the receipt of a quiet night says so
    )
    manifests = EncordBuildManifestOperator(
        task_id="manifests",
        arrived=arrived.output,
        image_groups=r"(?P<unit>.*/groups/[^/]+)/",
        image_sequences=r"(?P<unit>.*/sequences/[^/]+)/",
    )
    jobs = EncordSubmitUploadOperator.partial(task_id="submit").expand(manifest=manifests.output)
    registered = EncordUploadSensor(task_id="registered", jobs=jobs.output, trigger_rule="none_failed")
    linked = EncordLinkFolderOperator(
        task_id="link",
        folder="{{ params.folder }}",
        dataset="{{ params.dataset }}",
        trigger_rule="none_failed",
    )
    described = EncordUpsertMetadataOperator(
        task_id="describe",
        folder="{{ params.folder }}",
        table="{{ params.metadata_table or '' }}",
        types={"reviewed": "boolean"},
        trigger_rule="none_failed",
    )
    receipt = EncordReceiptOperator(
        task_id="receipt",
        arrived=arrived.output,
        linked=linked.output,
        metadata=described.output,
        trigger_rule="none_failed",
    )
    registered >> [linked, described] >> receipt
# --8<-- [end:dag]

"""Test drives of a fleet: frames become sequences when they are all there, with titles and metadata of their paths.

A key is like ``2026-11-20/north/drive-07/front/000.jpg``. A clip may have a side file beside it, and a table of the
day says what the weather was.
"""

from datetime import UTC, datetime

from airflow.sdk import DAG, Param

from encord_provider.manifest.completeness import Completeness
from encord_provider.metadata.custom import CustomMetadata
from encord_provider.operators.manifest import EncordBuildManifestOperator
from encord_provider.operators.receipt import EncordReceiptOperator
from encord_provider.operators.upload import EncordSubmitUploadOperator
from encord_provider.sensors.bucket import EncordBucketSensor
from encord_provider.sensors.upload import EncordUploadSensor

# --8<-- [start:schema]
KEYS = {
    "site": {"type": "enum", "options": ["north", "south"]},
    "day": "datetime",
    "drive": "number",
    "weather": "varchar",
}
# --8<-- [end:schema]

with DAG(
    "described_drives",
    schedule="@daily",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    params={
        "bucket": Param("s3://fleet-cameras", type="string", description="Bucket that the cars write to."),
        "day": Param("2026-11-20", type="string", description="Prefix of the day, without its slash."),
    },
):
    # --8<-- [start:sensor]
    arrived = EncordBucketSensor(
        task_id="arrived",
        source="{{ params.bucket }}/{{ params.day }}/",
        folder="drives",
        integration="fleet-s3",
        exclude=["weather.csv", "**/*.metadata.json"],
    )
    # --8<-- [end:sensor]
    # --8<-- [start:manifests]
    manifests = EncordBuildManifestOperator(
        task_id="manifests",
        arrived=arrived.output,
        image_sequences=r"(?P<unit>.*/drive-\d+/[^/]+)/",
        complete=Completeness(contiguous_from=0),
        path=r"(?P<day>[^/]+)/(?P<site>[^/]+)/drive-(?P<drive>\d+)/(?P<camera>[^/]+)/.*",
        title="{day} {site} drive {drive}, {camera}",
        metadata=CustomMetadata(
            path=True,
            table="{{ params.bucket }}/{{ params.day }}/weather.csv",
            types={"drive": "number"},
            sidecars="optional",
            schema={"keys": KEYS},
        ),
    )
    # --8<-- [end:manifests]
    jobs = EncordSubmitUploadOperator.partial(task_id="submit").expand(manifest=manifests.output)
    registered = EncordUploadSensor(task_id="registered", jobs=jobs.output, trigger_rule="none_failed")
    registered >> EncordReceiptOperator(task_id="receipt", arrived=arrived.output, trigger_rule="none_failed")

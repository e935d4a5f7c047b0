"""Medical scans: the files of a visit are one series, whatever they are called, as soon as all slices are there.

A key is like ``scans/visit-0007-of-3/IM0001``: the directory says how many slices there will be.
"""

import re
from datetime import UTC, datetime

from airflow.sdk import DAG, Param

from encord_provider.manifest.completeness import Completeness
from encord_provider.operators.manifest import EncordBuildManifestOperator
from encord_provider.operators.receipt import EncordReceiptOperator
from encord_provider.operators.upload import EncordSubmitUploadOperator
from encord_provider.sensors.bucket import EncordBucketSensor
from encord_provider.sensors.upload import EncordUploadSensor


# --8<-- [start:functions]
def visit(key: str) -> tuple[str, str] | None:
    """Return kind and title of the unit that a key belongs to; None leaves the key to the other rules."""
    found = re.match(r"(?P<visit>.*/visit-\d+-of-\d+)/", key)
    return ("dicom_series", found["visit"]) if found else None


def slices(title: str) -> int | None:
    """Return how many slices a visit declares; None when it does not say."""
    found = re.search(r"-of-(\d+)$", title)
    return int(found[1]) if found else None


# --8<-- [end:functions]

with DAG(
    "scans_by_visit",
    schedule="@hourly",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    params={
        "source": Param("s3://hospital/scans/", type="string", description="Where the scanners write to.")
    },
):
    arrived = EncordBucketSensor(
        task_id="arrived", source="{{ params.source }}", folder="scans", integration="fleet-s3"
    )
    # --8<-- [start:manifests]
    manifests = EncordBuildManifestOperator(
        task_id="manifests",
        arrived=arrived.output,
        kinds={".ima": "dicom_series"},
        content_types=True,
        group_by=visit,
        complete=Completeness(count=slices),
        strict=True,
    )
    # --8<-- [end:manifests]
    jobs = EncordSubmitUploadOperator.partial(task_id="submit").expand(manifest=manifests.output)
    registered = EncordUploadSensor(task_id="registered", jobs=jobs.output, trigger_rule="none_failed")
    registered >> EncordReceiptOperator(task_id="receipt", arrived=arrived.output, trigger_rule="none_failed")

"""The smallest useful DAG: new files in a bucket become label-ready rows in a dataset."""

from datetime import UTC, datetime

from airflow.sdk import DAG

from encord_provider.operators.dataset import EncordLinkFolderOperator
from encord_provider.operators.manifest import EncordBuildManifestOperator
from encord_provider.operators.upload import EncordSubmitUploadOperator
from encord_provider.sensors.bucket import EncordBucketSensor
from encord_provider.sensors.upload import EncordUploadSensor

# --8<-- [start:dag]
with DAG("first_upload", schedule="@hourly", start_date=datetime(2026, 1, 1, tzinfo=UTC), catchup=False):
    arrived = EncordBucketSensor(
        task_id="arrived", source="s3://fleet-cameras/", integration="fleet-s3", folder="fleet"
    )
    manifests = EncordBuildManifestOperator(task_id="manifests", arrived=arrived.output)
    jobs = EncordSubmitUploadOperator.partial(task_id="submit").expand(manifest=manifests.output)
    done = EncordUploadSensor(task_id="registered", jobs=jobs.output)
    done >> EncordLinkFolderOperator(task_id="link", folder="fleet", dataset="fleet-labelling")
# --8<-- [end:dag]

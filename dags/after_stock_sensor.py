"""One of Airflow's own sensors says that a day's files are there; the build says which of them are new."""

from datetime import UTC, datetime

from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor
from airflow.sdk import DAG

from encord_provider.operators.manifest import EncordBuildManifestOperator
from encord_provider.operators.upload import EncordSubmitUploadOperator
from encord_provider.sensors.upload import EncordUploadSensor

# --8<-- [start:dag]
with DAG("after_stock_sensor", schedule="@daily", start_date=datetime(2026, 1, 1, tzinfo=UTC), catchup=False):
    complete = S3KeySensor(
        task_id="complete", bucket_key="s3://fleet-cameras/{{ ds }}/_SUCCESS", mode="reschedule"
    )
    manifests = EncordBuildManifestOperator(
        task_id="manifests",
        source="s3://fleet-cameras/{{ ds }}/",
        folder="fleet",
        integration="fleet-s3",
        exclude=["_SUCCESS"],
    )
    jobs = EncordSubmitUploadOperator.partial(task_id="submit").expand(manifest=manifests.output)
    complete >> manifests
    EncordUploadSensor(task_id="registered", jobs=jobs.output)
# --8<-- [end:dag]

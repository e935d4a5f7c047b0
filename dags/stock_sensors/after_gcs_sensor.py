"""`after_stock_sensor` for Cloud Storage: Google's own sensor says that a day's files are there."""

from datetime import UTC, datetime

from airflow.providers.google.cloud.sensors.gcs import GCSObjectExistenceSensor
from airflow.sdk import DAG

from encord_provider.operators.manifest import EncordBuildManifestOperator
from encord_provider.operators.upload import EncordSubmitUploadOperator
from encord_provider.sensors.upload import EncordUploadSensor

with DAG("after_gcs_sensor", schedule="@daily", start_date=datetime(2026, 1, 1, tzinfo=UTC), catchup=False):
    # --8<-- [start:sensor]
    complete = GCSObjectExistenceSensor(
        task_id="complete", bucket="fleet-cameras", object="{{ ds }}/_SUCCESS", mode="reschedule"
    )
    # --8<-- [end:sensor]
    manifests = EncordBuildManifestOperator(
        task_id="manifests",
        source="gs://fleet-cameras/{{ ds }}/",
        folder="fleet",
        integration="fleet-gcs",
        exclude=["_SUCCESS"],
    )
    jobs = EncordSubmitUploadOperator.partial(task_id="submit").expand(manifest=manifests.output)
    complete >> manifests
    EncordUploadSensor(task_id="registered", jobs=jobs.output)

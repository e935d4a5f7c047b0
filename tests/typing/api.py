"""What a user writes: type-checked, never run."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, assert_type

from airflow.providers.amazon.aws.sensors.s3 import S3KeySensor
from airflow.sdk import DAG, task

from encord_provider.encord_api.api import EncordApi
from encord_provider.errors import EncordProviderError, EncordUnavailable, FailNow, RetryLater, UploadFailed
from encord_provider.hooks.encord import EncordHook
from encord_provider.links.encord import EncordDatasetLink, EncordFolderLink, EncordUploadJobLink
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.limits import Advice, Limits
from encord_provider.operators.dataset import EncordLinkFolderOperator
from encord_provider.operators.manifest import EncordBuildManifestOperator
from encord_provider.operators.metadata import EncordUpsertMetadataOperator
from encord_provider.operators.receipt import EncordReceiptOperator
from encord_provider.operators.upload import EncordSubmitUploadOperator
from encord_provider.sensors.bucket import EncordBucketSensor
from encord_provider.sensors.upload import EncordUploadSensor

if TYPE_CHECKING:
    from encord_provider.encord_api.connection import Credentials

# The smallest ingestion.
with DAG("fleet_to_encord", schedule="@hourly", start_date=datetime(2026, 1, 1, tzinfo=UTC), catchup=False):
    arrived = EncordBucketSensor(
        task_id="arrived", source="s3://fleet-cameras/", folder="fleet", integration="fleet-s3"
    )
    manifests = EncordBuildManifestOperator(task_id="manifests", arrived=arrived.output)
    jobs = EncordSubmitUploadOperator.partial(task_id="submit").expand(manifest=manifests.output)
    registered = EncordUploadSensor(task_id="registered", jobs=jobs.output)
    linked = EncordLinkFolderOperator(task_id="link", folder="fleet", dataset="fleet-labelling")
    registered >> linked

# Everything that can be said.
with DAG("fleet_at_night", schedule=None):
    arrived = EncordBucketSensor(
        task_id="arrived",
        source="s3://fleet-cameras/{{ ds }}/",
        folder="fleet",
        integration="{{ params.integration }}",
        include=["**/*.mp4", "**/*.jpg"],
        exclude=("tmp/**",),
        settle_seconds=60,
        wait_minutes="{{ params.wait_minutes }}",
        nothing_new="proceed",
        bucket_conn_id="aws_fleet",
        encord_conn_id="encord_fleet",
        deferrable=True,
        poke_interval=30,
        retries=3,
    )
    manifests = EncordBuildManifestOperator(
        task_id="manifests",
        arrived=arrived.output,
        image_groups=r"(?P<unit>.*/groups/[^/]+)/",
        image_sequences=r"(?P<unit>.*/drives/[^/]+)/",
        dicom_series=r"(?P<unit>.*)/[^/]*$",
        limits=Limits(urls=10_000),
        advice=Advice(units={Kind.VIDEO: 50}, other_units=500, job_bytes=10**9),
        max_manifests=10,
    )
    jobs = EncordSubmitUploadOperator.partial(
        task_id="submit", encord_conn_id="encord_fleet", retry_delay=timedelta(minutes=1)
    ).expand(manifest=manifests.output)
    registered = EncordUploadSensor(
        task_id="registered", jobs=jobs.output, max_failed=0.01, encord_conn_id="encord_fleet"
    )
    linked = EncordLinkFolderOperator(
        task_id="link", folder="fleet", dataset="fleet-labelling", encord_conn_id="encord_fleet"
    )
    metadata = EncordUpsertMetadataOperator(
        task_id="metadata",
        folder="fleet",
        table="s3://fleet-cameras/metadata/fleet.csv",
        key="file",
        matched_by="title",
        types={"speed": "number", "night": "boolean", "tags": "json", "site": "text"},
        bucket_conn_id="aws_fleet",
    )
    account = EncordReceiptOperator(
        task_id="receipt", arrived=arrived.output, linked=linked.output, metadata=metadata.output
    )
    registered >> [linked, metadata] >> account

# A stock sensor in place of ours.
with DAG("fleet_by_key", schedule=None):
    key = S3KeySensor(task_id="key", bucket_key="s3://fleet-cameras/done", deferrable=True)
    manifests = EncordBuildManifestOperator(
        task_id="manifests", source="s3://fleet-cameras/", folder="fleet", include=["*.mp4"]
    )
    key >> manifests


@task
def ask_encord() -> dict[str, str]:
    """Use the hook in a task of one's own."""
    hook = EncordHook("encord_fleet")
    credentials: Credentials = hook.credentials
    works, problem = hook.test_connection()
    assert_type(hook.api, EncordApi)
    assert_type(works, bool)
    assert_type(problem, str)
    titles = {item.name: item.uuid for item in hook.api.items("fleet", metadata=True)}
    assert_type(titles, dict[str, str])
    return titles | {"domain": credentials.domain}


def sort_errors() -> float | None:
    """Catch by consequence, and read the data of an error."""
    try:
        EncordHook().api.folder("fleet", create=True)
    except UploadFailed as error:
        assert_type(error.reasons, tuple[str, ...])
    except EncordUnavailable as error:
        return error.retry_after
    except (FailNow, RetryLater) as error:
        known: EncordProviderError = error
        raise known from None
    return None


LINKS = (EncordFolderLink.name, EncordUploadJobLink.name, EncordDatasetLink.name)

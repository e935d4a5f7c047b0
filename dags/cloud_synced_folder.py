"""Let Encord follow a prefix of a bucket by itself, and give what it finds rows in a dataset."""

from datetime import UTC, datetime

from airflow.sdk import DAG, Param

from encord_provider.operators.cloud_sync import EncordSyncFolderOperator
from encord_provider.operators.dataset import EncordLinkFolderOperator

# --8<-- [start:dag]
with DAG(
    "cloud_synced_folder",
    schedule="@hourly",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    params={
        "remote_url": Param(
            "s3://fleet-cameras/live/", type="string", description="The prefix, as Encord spells it."
        ),
        "folder": Param("fleet-live", type="string", description="Name of the folder; made when absent."),
        "dataset": Param("fleet-labelling", type="string", description="Title of the dataset."),
    },
):
    synced = EncordSyncFolderOperator(
        task_id="sync",
        folder="{{ params.folder }}",
        remote_url="{{ params.remote_url }}",
        integration="fleet-s3",
        max_failed=0.01,
    )
    synced >> EncordLinkFolderOperator(
        task_id="link", folder="{{ params.folder }}", dataset="{{ params.dataset }}"
    )
# --8<-- [end:dag]

"""From a folder to a table that the SDK's label tools start from."""

from airflow.sdk import DAG, Param

from encord_provider.operators.dataset import EncordLinkFolderOperator, EncordVerifyDatasetOperator
from encord_provider.operators.labels import EncordPrepareLabelsOperator

# --8<-- [start:dag]
with DAG(
    "prepare_labels",
    schedule=None,
    params={
        "folder": Param("fleet", type="string", description="Name, path or UUID of the storage folder."),
        "dataset": Param("fleet-labelling", type="string", description="Title or UUID; made when absent."),
        "form": Param("jsonl", enum=["csv", "jsonl", "parquet"], description="How the table is written."),
    },
):
    linked = EncordLinkFolderOperator(
        task_id="link", folder="{{ params.folder }}", dataset="{{ params.dataset }}"
    )
    verified = EncordVerifyDatasetOperator(
        task_id="verify", folder="{{ params.folder }}", dataset="{{ params.dataset }}"
    )
    prepared = EncordPrepareLabelsOperator(
        task_id="prepare", dataset="{{ params.dataset }}", form="{{ params.form }}"
    )
    linked >> verified >> prepared
# --8<-- [end:dag]

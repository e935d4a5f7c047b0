"""Link a folder to a dataset, by hand or whenever labelling needs the newest files, and verify that all are there."""

from airflow.sdk import DAG, Param

from encord_provider.operators.dataset import EncordLinkFolderOperator, EncordVerifyDatasetOperator

# --8<-- [start:dag]
with DAG(
    "link_folder_to_dataset",
    schedule=None,
    params={
        "folder": Param("fleet", type="string", description="Name, path or UUID of the storage folder."),
        "dataset": Param("fleet-labelling", type="string", description="Title or UUID; made when absent."),
    },
):
    linked = EncordLinkFolderOperator(
        task_id="link", folder="{{ params.folder }}", subfolders=True, dataset="{{ params.dataset }}"
    )
    linked >> EncordVerifyDatasetOperator(
        task_id="verify", folder="{{ params.folder }}", subfolders=True, dataset="{{ params.dataset }}"
    )
# --8<-- [end:dag]

"""Link a folder to a dataset, by hand or whenever labelling needs the newest files."""

from airflow.sdk import DAG, Param

from encord_provider.operators.dataset import EncordLinkFolderOperator

# --8<-- [start:dag]
with DAG(
    "link_folder_to_dataset",
    schedule=None,
    params={
        "folder": Param("fleet", type="string", description="Name or UUID of the storage folder."),
        "dataset": Param("fleet-labelling", type="string", description="Title or UUID; made when absent."),
    },
):
    EncordLinkFolderOperator(task_id="link", folder="{{ params.folder }}", dataset="{{ params.dataset }}")
# --8<-- [end:dag]

"""Give the items of a folder the custom metadata of a table in a bucket."""

from airflow.sdk import DAG, Param

from encord_provider.operators.metadata import EncordUpsertMetadataOperator

# --8<-- [start:dag]
with DAG(
    "upsert_metadata",
    schedule=None,
    params={
        "folder": Param("fleet", type="string", description="Name or UUID of the storage folder."),
        "table": Param(
            "s3://fleet-cameras/metadata/fleet.csv",
            type="string",
            description="CSV or JSON lines; its column title names the item.",
        ),
    },
):
    EncordUpsertMetadataOperator(
        task_id="describe",
        folder="{{ params.folder }}",
        table="{{ params.table }}",
        types={"reviewed": "boolean"},
    )
# --8<-- [end:dag]

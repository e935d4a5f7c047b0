"""By hand: put a lost ledger together again, before anything is ingested."""

from airflow.sdk import DAG, Param

from encord_provider.operators.ledger import EncordRebuildLedgerOperator

# --8<-- [start:dag]
with DAG(
    "rebuild_ledger",
    schedule=None,
    params={
        "source": Param("s3://fleet-cameras/", type="string", description="Bucket and prefix."),
        "folder": Param("fleet", type="string", description="The folder, spelled as the DAGs have it."),
    },
):
    EncordRebuildLedgerOperator(task_id="rebuild", source="{{ params.source }}", folder="{{ params.folder }}")
# --8<-- [end:dag]

"""Each week: what of bucket, ledger, folder and dataset has drifted apart."""

from datetime import UTC, datetime

from airflow.sdk import DAG

from encord_provider.operators.ledger import EncordAuditOperator

# --8<-- [start:dag]
with DAG("weekly_audit", schedule="@weekly", start_date=datetime(2026, 1, 1, tzinfo=UTC), catchup=False):
    EncordAuditOperator(
        task_id="audit",
        source="s3://fleet-cameras/",
        exclude=["**/metadata/**", "**/*.tmp"],  # of any day, as the DAGs that ingest one leave it out
        folder="fleet",
        dataset="fleet-labelling",
        tolerated=["overwritten"],
    )
# --8<-- [end:dag]

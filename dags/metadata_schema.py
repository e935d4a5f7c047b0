"""Keep the organisation's metadata schema as the team declares it."""

from airflow.sdk import DAG, Param

from encord_provider.operators.schema import EncordMetadataSchemaOperator

# --8<-- [start:declaration]
FLEET = {
    "namespace": "fleet",
    "keys": {
        "fleet.site": "varchar",
        "fleet.captured_at": "datetime",
        "fleet.reviewed": "boolean",
        "fleet.weather": {"type": "enum", "options": ["fog", "rain", "sun"]},
    },
    "deleted": ["fleet.wether"],
}
# --8<-- [end:declaration]

# --8<-- [start:dag]
with DAG(
    "metadata_schema",
    schedule=None,
    params={
        "mode": Param(
            "plan", enum=["plan", "apply", "check"], description="Say, change, or fail on a difference."
        ),
    },
):
    EncordMetadataSchemaOperator(task_id="schema", declaration=FLEET, mode="{{ params.mode }}")
# --8<-- [end:dag]

"""By hand: what was refused goes back into the pipeline, once its cause is mended."""

from airflow.sdk import DAG, Param

from encord_provider.operators.replay import EncordReplayOperator

# --8<-- [start:dag]
with DAG(
    "replay_quarantine",
    schedule=None,
    render_template_as_native_obj=True,
    params={
        "source": Param("s3://fleet-cameras/", type="string", description="As the DAG that ingests has it."),
        "folder": Param("fleet", type="string", description="As the DAG that ingests has it."),
        "causes": Param([], type="array", description="Such as permission; none means any."),
        "keys": Param(["**"], type="array", description="Globs over whole keys."),
        "preview": Param(True, type="boolean", description="Count, and change nothing."),
    },
):
    EncordReplayOperator(
        task_id="replay",
        source="{{ params.source }}",
        folder="{{ params.folder }}",
        causes="{{ params.causes }}",
        keys="{{ params['keys'] }}",
        preview="{{ params.preview }}",
    )
# --8<-- [end:dag]

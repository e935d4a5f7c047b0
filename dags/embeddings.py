"""Give the items of a folder, and frames of its videos, the vectors that a model made of them."""

from airflow.sdk import DAG, Param

from encord_provider.operators.embeddings import EncordEmbeddingsOperator

# --8<-- [start:dag]
with DAG(
    "embeddings",
    schedule=None,
    params={
        "folder": Param("fleet", type="string", description="Name or UUID of the storage folder."),
        "vectors": Param(
            "s3://fleet-cameras/embeddings/clip.parquet",
            type="string",
            description="Its column title names the item, frame the frame of a video, and vector has the numbers.",
        ),
    },
):
    EncordEmbeddingsOperator(
        task_id="embed",
        folder="{{ params.folder }}",
        embedding="fleet-clip",
        vectors="{{ params.vectors }}",
        column="vector",
        frame="frame",
    )
# --8<-- [end:dag]

"""From a file of vectors to embeddings of items."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from airflow.providers.common.compat.sdk import Context

from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.ledger import open_ledger
from encord_provider.hooks.operator import EncordOperator
from encord_provider.hooks.run import task_of
from encord_provider.hooks.task_failure import task_failure
from encord_provider.hooks.vectors import open_vectors


class EncordEmbeddingsOperator(EncordOperator):
    """Give the items of a folder, or frames of its videos, the vectors of a file; what else they have stays.

    The key is made in the metadata schema when it is absent. Every vector is checked before anything is sent, and an
    item that has its vectors is sent nothing. Returns how many items were sent vectors, how many had them already,
    how many names no item has, and how many items had another vector, which somebody else wrote.

    Args:
        folder: Name or UUID of the folder.
        embedding: The key, of type embedding in the metadata schema.
        vectors: URI of a ``.parquet``, ``.arrow``, ``.ipc``, ``.feather``, ``.npz`` or ``.npy`` file.
        names: URI of what names the rows of an ``.npy`` file: another one, or a text file with a name a line.
        key: The column, or the array of an ``.npz`` file, that names the item.
        column: The column or array with the vectors; by default it has the name of the embedding.
        frame: The column or array with the frame that a vector is of; where it is empty, the vector is the item's own.
        keyframe_mode: What that column counts: ``frame`` or ``seconds``.
        sampling_rate: Samples a second that Index shows beside the key frames; None leaves it as it is.
        matched_by: What of the item names a row: its ``title``, its ``url`` or its ``uuid``.
        active: Keep to the limit of Active, which is below that of Index.
        bucket_conn_id: Airflow connection of the file's bucket.
        encord_conn_id: Airflow connection of Encord.

    """

    template_fields: Sequence[str] = (
        "folder",
        "embedding",
        "vectors",
        "names",
        "key",
        "column",
        "frame",
        "matched_by",
        "bucket_conn_id",
        "encord_conn_id",
    )
    ui_color = "#fef7e0"

    def __init__(
        self,
        *,
        folder: str,
        embedding: str,
        vectors: str,
        names: str | None = None,
        key: str = "title",
        column: str | None = None,
        frame: str | None = None,
        keyframe_mode: str = "frame",
        sampling_rate: float | None = None,
        matched_by: str = "title",
        active: bool = False,
        bucket_conn_id: str | None = None,
        encord_conn_id: str = "encord_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.folder = folder
        self.embedding = embedding
        self.vectors = vectors
        self.names = names
        self.key = key
        self.column = column
        self.frame = frame
        self.keyframe_mode = keyframe_mode
        self.sampling_rate = sampling_rate
        self.matched_by = matched_by
        self.active = active
        self.bucket_conn_id = bucket_conn_id
        self.encord_conn_id = encord_conn_id

    def execute(self, context: Context) -> dict[str, int]:
        """Check the file, find the items, send what they lack."""
        from encord_provider.ingestion.embeddings import Embed, Target
        from encord_provider.metadata.embeddings import Embeddings

        target = Target(f"{context['ti'].dag_id}/{context['ti'].task_id}", self.folder, self.matched_by)
        with task_failure(), open_ledger() as ledger:
            embeddings = Embeddings(
                self.embedding,
                self.vectors,
                self.names,
                self.key,
                self.column,
                self.frame,
                self.keyframe_mode,
                self.sampling_rate,
            )
            with open_vectors(embeddings, self.bucket_conn_id, active=self.active) as vectors:
                api = EncordHook(self.encord_conn_id).api
                embedded = Embed(ledger, api, vectors, target, task_of(context)).run()
        return asdict(embedded)

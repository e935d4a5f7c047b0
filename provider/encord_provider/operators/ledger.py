"""From what Encord and the bucket hold to the ledger, and back."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from airflow.providers.common.compat.sdk import BaseOperator, Context

from encord_provider.hooks.buckets import open_source
from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.run import open_run
from encord_provider.hooks.task_failure import task_failure
from encord_provider.manifest.ingestion import Ingestion


class EncordRebuildLedgerOperator(BaseOperator):
    """Put a lost ledger together again from the folder in Encord and the bucket.

    What an item of the folder stands for is written down as registered, so that the next run does not register
    it again. What the ledger knows stays as it is. Returns counts.

    Args:
        source: Bucket and prefix, for example ``s3://fleet-cameras/``.
        folder: Name or UUID of the folder in Encord, spelled as the DAGs have it.
        bucket_conn_id: Airflow connection of the bucket; by default the default one of its cloud.
        encord_conn_id: Airflow connection of Encord.

    """

    template_fields: Sequence[str] = ("source", "folder", "bucket_conn_id", "encord_conn_id")
    ui_color = "#fce8e6"

    def __init__(
        self,
        *,
        source: str,
        folder: str,
        bucket_conn_id: str | None = None,
        encord_conn_id: str = "encord_default",
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("retries", 2)
        kwargs.setdefault("retry_delay", timedelta(seconds=15))
        super().__init__(**kwargs)
        self.source = source
        self.folder = folder
        self.bucket_conn_id = bucket_conn_id
        self.encord_conn_id = encord_conn_id

    def execute(self, context: Context) -> dict[str, int]:
        """Rebuild the ledger."""
        from encord_provider.ingestion.rebuild import rebuild

        ingestion = Ingestion(
            source=self.source,
            folder=self.folder,
            bucket_conn_id=self.bucket_conn_id,
            encord_conn_id=self.encord_conn_id,
        )
        with task_failure(), open_run(context, ingestion) as run:
            source = open_source(self.source, self.bucket_conn_id)
            rebuilt = rebuild(run, EncordHook(self.encord_conn_id).api, source)
        self.log.info("%s: %s", self.source, rebuilt)
        return asdict(rebuilt)

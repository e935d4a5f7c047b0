"""From a table to custom metadata."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from airflow.providers.common.compat.sdk import AirflowSkipException, BaseOperator, Context

from encord_provider.hooks.buckets import open_source
from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.task_failure import task_failure

if TYPE_CHECKING:
    from encord_provider.metadata.table import ColumnType


class EncordUpsertMetadataOperator(BaseOperator):
    """Give the items of a folder the custom metadata of a table; keys that the table lacks stay as they are.

    Only what changes is sent. Returns how many items changed, how many had the metadata already, and how many
    rows match no item.

    Args:
        folder: Name or UUID of the folder.
        table: URI of a CSV or JSON-lines file, for example ``s3://fleet-cameras/metadata/fleet.csv``; without
            one the task is skipped.
        key: The column that names the item.
        matched_by: What of the item that column holds: its ``title``, its ``url`` or its ``uuid``.
        types: How CSV columns are read; a column not named here is text.
        bucket_conn_id: Airflow connection of the table's bucket.
        encord_conn_id: Airflow connection of Encord.

    """

    template_fields: Sequence[str] = ("folder", "table", "key", "bucket_conn_id", "encord_conn_id")
    ui_color = "#fef7e0"

    def __init__(
        self,
        *,
        folder: str,
        table: str,
        key: str = "title",
        matched_by: Literal["title", "url", "uuid"] = "title",
        types: Mapping[str, "ColumnType"] | None = None,
        bucket_conn_id: str | None = None,
        encord_conn_id: str = "encord_default",
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("retries", 2)
        kwargs.setdefault("retry_delay", timedelta(seconds=15))
        super().__init__(**kwargs)
        self.folder = folder
        self.table = table
        self.key = key
        self.matched_by = matched_by
        self.types = types
        self.bucket_conn_id = bucket_conn_id
        self.encord_conn_id = encord_conn_id

    def execute(self, context: Context) -> dict[str, int]:  # noqa: ARG002 - Airflow's signature
        """Read the table, compare it with the folder, send what differs."""
        from encord_provider.ingestion.upsert import upsert_metadata
        from encord_provider.metadata.table import read_table

        if not self.table:
            raise AirflowSkipException("no table is given")
        with task_failure():
            source = open_source(self.table, self.bucket_conn_id)
            wanted = read_table(self.table, source.bucket.read(source.prefix), self.key, self.types)
            plan = upsert_metadata(EncordHook(self.encord_conn_id).api, self.folder, wanted, self.matched_by)
        for name in plan.unmatched:
            self.log.warning("no item has the %s %r", self.matched_by, name)
        return {
            "updated": len(plan.changes),
            "unchanged": plan.unchanged,
            "unmatched": len(plan.unmatched),
        }

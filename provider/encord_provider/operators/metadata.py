"""From a table to custom metadata, and back."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from airflow.providers.common.compat.sdk import (
    AirflowFailException,
    AirflowSkipException,
    Context,
)

from encord_provider.hooks.buckets import open_storage
from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.ledger import open_ledger
from encord_provider.hooks.operator import EncordOperator
from encord_provider.hooks.run import task_of
from encord_provider.hooks.task_failure import task_failure

if TYPE_CHECKING:
    from encord_provider.metadata.table import ColumnType

SHOWN_CONFLICTS = 100
"""How many conflicts are logged; the file of changes has all of them."""


class EncordUpsertMetadataOperator(EncordOperator):
    """Give the items of a folder the custom metadata of a table; keys that the table lacks stay as they are.

    Only what changes is sent. A value that neither the table nor this task wrote is a conflict: it is reported, and
    *winner* decides. Returns how many items changed, how many had the metadata already, how many values were in
    conflict, how many rows match no item, and the URI of the file that lists every change.

    Args:
        folder: Name or UUID of the folder.
        table: URI of a CSV, JSON-lines or Parquet file, for example ``s3://fleet-cameras/metadata/fleet.csv``.
            Without one, and without *sql*, the task is skipped.
        sql: Query whose rows are the table, in its place.
        sql_conn_id: Airflow connection of the database.
        key: The column that names the item.
        matched_by: What of the item that column holds: its ``title``, its ``url``, its ``uuid``, or the metadata key
            that stands after ``metadata.``.
        types: How CSV columns are read; a column not named here is text.
        winner: Whose value stays in a conflict: the ``table``'s, or the ``platform``'s.
        prune: Take away keys that this task has set and that the table has no longer.
        preview: List the changes, and send none.
        through: How they are sent: by ``patches``, a thousand items a request, each read once more just before; or by
            the upload job of a ``manifest``, which overwrites the metadata of items that it names by their URLs.
            Groups, series and scenes, which have no URL, and items that share one, are always sent by patches.
        integration: Title of the integration of a ``manifest``; by default the connection's.
        bucket_conn_id: Airflow connection of the table's bucket.
        encord_conn_id: Airflow connection of Encord.

    """

    template_fields: Sequence[str] = (
        "folder",
        "table",
        "sql",
        "sql_conn_id",
        "key",
        "matched_by",
        "integration",
        "bucket_conn_id",
        "encord_conn_id",
    )
    ui_color = "#fef7e0"

    def __init__(
        self,
        *,
        folder: str,
        table: str | None = None,
        sql: str | None = None,
        sql_conn_id: str | None = None,
        key: str = "title",
        matched_by: str = "title",
        types: Mapping[str, "ColumnType"] | None = None,
        winner: Literal["table", "platform"] = "table",
        prune: bool = False,
        preview: bool = False,
        through: Literal["patches", "manifest"] = "patches",
        integration: str | None = None,
        bucket_conn_id: str | None = None,
        encord_conn_id: str = "encord_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.folder = folder
        self.table = table
        self.sql = sql
        self.sql_conn_id = sql_conn_id
        self.key = key
        self.matched_by = matched_by
        self.types = types
        self.winner = winner
        self.prune = prune
        self.preview = preview
        self.through = through
        self.integration = integration
        self.bucket_conn_id = bucket_conn_id
        self.encord_conn_id = encord_conn_id

    def execute(self, context: Context) -> dict[str, Any]:
        """Read the table, compare it with the folder, send what differs."""
        from encord_provider.ingestion.upsert import Table, Upsert
        from encord_provider.metadata.merge import MergeRules

        if not self.table and not self.sql:
            raise AirflowSkipException("no table is given")
        name = f"{context['ti'].dag_id}/{context['ti'].task_id}"
        with task_failure(), open_ledger() as ledger:
            rules = MergeRules(self.winner, self.prune)
            table = Table(
                name,
                self.folder,
                self._wanted(),
                self.matched_by,
                rules,
                jobs=self.through == "manifest",
                integration=self.integration,
            )
            api = EncordHook(self.encord_conn_id).api
            upserted = Upsert(ledger, api, open_storage(), table, task_of(context)).run(preview=self.preview)
        plan = upserted.plan
        for unmatched in plan.unmatched:
            self.log.warning("no item has the %s %r", self.matched_by, unmatched)
        shown = [f"{change.match}: {conflict}" for change in plan.conflicts for conflict in change.conflicts]
        for line in shown[:SHOWN_CONFLICTS]:
            self.log.warning("somebody else wrote: %s", line)
        return {
            "updated": 0 if self.preview else len(plan.updates),
            "unchanged": plan.unchanged,
            "unmatched": len(plan.unmatched),
            "conflicts": len(shown),
            "changes": upserted.changes_uri,
        }

    def _wanted(self) -> dict[str, dict[str, Any]]:
        from encord_provider.hooks.tables import table_at, table_of_query

        if not self.sql:
            return table_at(self.table or "", self.bucket_conn_id, self.key, self.types)
        if self.table or not self.sql_conn_id:
            raise AirflowFailException("give table=, or sql= with sql_conn_id=")
        return table_of_query(self.sql, self.sql_conn_id, self.key)


class EncordUndoMetadataOperator(EncordOperator):
    """Give items back the custom metadata that an upsert changed, except where it has been changed since.

    Returns how many items were given something back, and how many values were kept since somebody changed them.

    Args:
        changes: URI of the file of changes that the upsert returned.
        encord_conn_id: Airflow connection of Encord.

    """

    template_fields: Sequence[str] = ("changes", "encord_conn_id")
    ui_color = "#fef7e0"

    def __init__(self, *, changes: str, encord_conn_id: str = "encord_default", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.changes = changes
        self.encord_conn_id = encord_conn_id

    def execute(self, context: Context) -> dict[str, int]:  # noqa: ARG002 - Airflow's signature
        """Read the file, and send what each item had."""
        from encord_provider.ingestion.upsert import undo

        with task_failure(), open_ledger() as ledger:
            content = open_storage().read(self.changes)
            undone, kept = undo(ledger, EncordHook(self.encord_conn_id).api, self.changes, content)
        return {"undone": undone, "kept": kept}

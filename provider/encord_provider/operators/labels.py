"""What comes before labels are imported."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from airflow.providers.common.compat.sdk import AirflowFailException, BaseOperator, Context

from encord_provider.hooks.buckets import open_storage
from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.run import task_of
from encord_provider.hooks.task_failure import task_failure
from encord_provider.links.encord import EncordDatasetLink


class EncordPrepareLabelsOperator(BaseOperator):
    """Write down by the URL of each object which item, data row and frame it has become.

    That is what the SDK's label tools are given in order to import labels that name files. Returns how many data
    rows and objects there are, and the URI of the table.

    Args:
        dataset: Title or UUID of the dataset.
        form: How the table is written: ``csv``, ``jsonl`` or ``parquet``.
        encord_conn_id: Airflow connection of Encord.

    """

    template_fields: Sequence[str] = ("dataset", "form", "encord_conn_id")
    operator_extra_links = (EncordDatasetLink(),)
    ui_color = "#fef7e0"

    def __init__(
        self, *, dataset: str, form: str = "jsonl", encord_conn_id: str = "encord_default", **kwargs: Any
    ) -> None:
        kwargs.setdefault("retries", 2)
        kwargs.setdefault("retry_delay", timedelta(seconds=15))
        super().__init__(**kwargs)
        self.dataset = dataset
        self.form = form
        self.encord_conn_id = encord_conn_id

    def execute(self, context: Context) -> dict[str, Any]:
        """Read the dataset, and write the table piece by piece."""
        from encord_provider.ingestion.labels import WRITERS, Labelled, labelled

        if self.form not in WRITERS:
            raise AirflowFailException(f"form={self.form!r} is none of {', '.join(WRITERS)}")
        hook = EncordHook(self.encord_conn_id)
        rows: set[str] = set()
        objects = 0

        def counted(entry: Labelled) -> Labelled:
            nonlocal objects
            rows.add(entry.data_hash)
            objects += 1
            return entry

        with task_failure():
            EncordDatasetLink.leave(context, hook.credentials.dataset_page(hook.api.dataset(self.dataset)))
            entries = map(counted, labelled(hook.api, self.dataset))
            name = f"labels/{task_of(context).name.replace(':', '_')}.{self.form}"
            uri = open_storage().write_pieces(name, WRITERS[self.form](entries))
        return {"rows": len(rows), "objects": objects, "table": uri}

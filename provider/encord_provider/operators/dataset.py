"""From a folder to a dataset."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from airflow.providers.common.compat.sdk import BaseOperator, Context

from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.ledger import open_ledger
from encord_provider.hooks.run import task_of
from encord_provider.hooks.task_failure import task_failure
from encord_provider.links.encord import EncordDatasetLink


class EncordLinkFolderOperator(BaseOperator):
    """Give every item of a folder a row in a dataset; items that have one keep it.

    Files that arrive later are not linked by themselves: the next run links them. Returns how many items were
    linked, and how many were before.

    Args:
        folder: Name or UUID of the folder.
        dataset: Title or UUID of the dataset; made when it is absent, without the legacy folder that mirrors it.
        encord_conn_id: Airflow connection of Encord.

    """

    template_fields: Sequence[str] = ("folder", "dataset", "encord_conn_id")
    operator_extra_links = (EncordDatasetLink(),)
    ui_color = "#fef7e0"

    def __init__(
        self, *, folder: str, dataset: str, encord_conn_id: str = "encord_default", **kwargs: Any
    ) -> None:
        kwargs.setdefault("retries", 2)
        kwargs.setdefault("retry_delay", timedelta(seconds=15))
        super().__init__(**kwargs)
        self.folder = folder
        self.dataset = dataset
        self.encord_conn_id = encord_conn_id

    def execute(self, context: Context) -> dict[str, Any]:
        """Link what is not linked yet."""
        from encord_provider.ingestion.link import link_folder

        hook = EncordHook(self.encord_conn_id)
        with task_failure(), open_ledger() as ledger:
            linked = link_folder(ledger, hook.api, self.folder, self.dataset, task_of(context))
        EncordDatasetLink.leave(context, hook.credentials.dataset_page(linked.dataset_uuid))
        self.log.info("%s: %d items linked, %d were", self.dataset, linked.linked, linked.already)
        return {"linked": linked.linked, "already": linked.already, "dataset": linked.dataset_uuid}

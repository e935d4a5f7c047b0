"""Storage folders."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from airflow.providers.common.compat.sdk import BaseOperator, Context

from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.ledger import open_ledger
from encord_provider.hooks.run import task_of
from encord_provider.hooks.task_failure import task_failure
from encord_provider.links.encord import EncordFolderLink


class EncordCreateFolderOperator(BaseOperator):
    """Find the folder of exactly this name or path, or make it; then describe it.

    Two tasks that want it at the same time make one. Returns its UUID, whether it was made, and whether its
    description or metadata changed.

    Args:
        folder: Name, path or UUID. A path begins with a slash, ``/fleet/2026``, and every folder on it that is
            absent is made.
        description: What it is described as; without one a description stays.
        metadata: Keys of metadata that it gets; others that it has stay.
        encord_conn_id: Airflow connection of Encord.

    """

    template_fields: Sequence[str] = ("folder", "description", "metadata", "encord_conn_id")
    operator_extra_links = (EncordFolderLink(),)
    ui_color = "#fef7e0"

    def __init__(
        self,
        *,
        folder: str,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        encord_conn_id: str = "encord_default",
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("retries", 2)
        kwargs.setdefault("retry_delay", timedelta(seconds=15))
        super().__init__(**kwargs)
        self.folder = folder
        self.description = description
        self.metadata = metadata
        self.encord_conn_id = encord_conn_id

    def execute(self, context: Context) -> dict[str, Any]:
        """Find it or make it, and describe it."""
        from encord_provider.ingestion.places import made_folder

        hook = EncordHook(self.encord_conn_id)
        described, metadata = self.description, self.metadata or {}
        with task_failure(), open_ledger() as ledger:
            place = made_folder(
                ledger, hook.api, self.folder, task_of(context), description=described, metadata=metadata
            )
            changed = not place.created and hook.api.describe_folder(place.uuid, described, metadata)
        EncordFolderLink.leave(context, hook.credentials.folder_page(place.uuid))
        return {"folder": place.uuid, "created": place.created, "changed": changed}

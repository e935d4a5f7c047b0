"""From a prefix of a bucket to a folder that Encord itself keeps in step with it."""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from airflow.providers.common.compat.sdk import BaseOperator, Context

from encord_provider.errors import UploadUnfinished
from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.ledger import open_ledger
from encord_provider.hooks.run import task_of
from encord_provider.hooks.task_failure import task_failure
from encord_provider.links.encord import EncordFolderLink
from encord_provider.manifest.annotation import SIDECAR_SUFFIX
from encord_provider.uploads.pace import pauses

if TYPE_CHECKING:
    from encord_provider.uploads.sync import SyncProgress


class EncordSyncFolderOperator(BaseOperator):
    """Let Encord bring a cloud-synced folder in step with its prefix, and wait until it has.

    The folder is made when it is absent. Encord lists the bucket itself, through its integration: the ledger knows
    nothing of these files, and no receipt accounts for them. A further try starts another synchronisation, which
    finds done what the first one did. Returns the folder's UUID, how many files were registered, refused and
    cancelled, and how many pages of the listing were read.

    Args:
        folder: Name of the folder; made when it is absent.
        remote_url: The prefix, for example ``s3://fleet-cameras/live/``; in a folder that is there it never changes.
        integration: Title or UUID of the cloud integration; by default the connection's.
        sidecar_suffix: What side files end in, whose JSON becomes the custom metadata of the files beside them; None
            leaves the folder's configuration as it is.
        max_failed: How many files may be refused: a share when below 1, else a number; None allows any.
        wait_hours: How long to wait for the end of the synchronisation.
        poll_seconds: The longest pause between two polls.
        encord_conn_id: Airflow connection of Encord.
        deferrable: Wait in the triggerer, without a worker.

    """

    template_fields: Sequence[str] = ("folder", "remote_url", "integration", "encord_conn_id")
    operator_extra_links = (EncordFolderLink(),)
    ui_color = "#e8f0fe"

    def __init__(
        self,
        *,
        folder: str,
        remote_url: str,
        integration: str | None = None,
        sidecar_suffix: str | None = SIDECAR_SUFFIX,
        max_failed: float | None = None,
        wait_hours: float = 24,
        poll_seconds: float = 30,
        encord_conn_id: str = "encord_default",
        deferrable: bool = True,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("retries", 2)
        kwargs.setdefault("retry_delay", timedelta(seconds=15))
        super().__init__(**kwargs)
        self.folder = folder
        self.remote_url = remote_url
        self.integration = integration
        self.sidecar_suffix = sidecar_suffix
        self.max_failed = max_failed
        self.wait_hours = wait_hours
        self.poll_seconds = poll_seconds
        self.encord_conn_id = encord_conn_id
        self.deferrable = deferrable

    def execute(self, context: Context) -> dict[str, Any]:
        """Start the synchronisation, and wait for it in the triggerer or, without one, here."""
        from encord_provider.ingestion.cloud_sync import CloudFolder, start

        hook = EncordHook(self.encord_conn_id)
        target = CloudFolder(self.folder, self.remote_url, self.integration, self.sidecar_suffix)
        with task_failure(), open_ledger() as ledger:
            folder, sync = start(ledger, hook.api, target, task_of(context))
        EncordFolderLink.leave(context, hook.credentials.folder_page(folder))
        deadline = time.time() + timedelta(hours=self.wait_hours).total_seconds()
        if self.deferrable:
            self._defer(folder, sync, deadline)
        for pause in pauses(self.poll_seconds):
            progress = self._look(folder, sync)
            if progress.is_over or time.time() >= deadline:
                break
            time.sleep(min(pause, max(0.0, deadline - time.time())))
        return self._ended(folder, sync, progress)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - Airflow's signature
        """Read what the synchronisation did; at the deadline leave the wait to Airflow's retries."""
        folder, sync = event["folder"], event["sync"]
        return self._ended(folder, sync, self._look(folder, sync))

    def _look(self, folder: str, sync: str) -> "SyncProgress":
        from encord_provider.ingestion.cloud_sync import look

        with task_failure():
            return look(EncordHook(self.encord_conn_id).api, folder, sync, self.max_failed)

    def _ended(self, folder: str, sync: str, progress: "SyncProgress") -> dict[str, Any]:
        if not progress.is_over:
            with task_failure():
                raise UploadUnfinished([sync])
        counts = {
            "registered": progress.registered,
            "refused": progress.refused,
            "cancelled": progress.cancelled,
        }
        return {"folder": folder, **counts, "pages": progress.pages}

    def _defer(self, folder: str, sync: str, deadline: float) -> NoReturn:
        from encord_provider.triggers.cloud_sync import FolderSyncedTrigger

        trigger = FolderSyncedTrigger(self.encord_conn_id, folder, sync, deadline, self.poll_seconds)
        self.defer(trigger=trigger, method_name="execute_complete")

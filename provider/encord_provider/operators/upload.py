"""From a manifest to an upload job."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from airflow.providers.common.compat.sdk import BaseOperator, Context

from encord_provider.hooks.buckets import open_storage
from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.ledger import open_ledger
from encord_provider.hooks.run import task_of
from encord_provider.hooks.task_failure import task_failure
from encord_provider.hooks.uploads import bounds
from encord_provider.links.encord import EncordUploadJobLink


class EncordSubmitUploadOperator(BaseOperator):
    """Submit one manifest as one upload job, once, however often the task runs; return the job's UUID.

    The folder is found by its exact name and made when it is absent; the integration is found by its title. Waits while
    as many jobs are under way through the integration as it takes.

    Args:
        manifest: The name of a manifest, as `EncordBuildManifestOperator` returns it.
        encord_conn_id: Airflow connection of Encord.

    """

    template_fields: Sequence[str] = ("manifest", "encord_conn_id")
    operator_extra_links = (EncordUploadJobLink(),)
    ui_color = "#e6f4ea"

    def __init__(self, *, manifest: str, encord_conn_id: str = "encord_default", **kwargs: Any) -> None:
        kwargs.setdefault("retries", 3)
        kwargs.setdefault("retry_delay", timedelta(seconds=15))
        kwargs.setdefault("map_index_template", "{{ task.manifest }}")
        super().__init__(**kwargs)
        self.manifest = manifest
        self.encord_conn_id = encord_conn_id

    def execute(self, context: Context) -> str | None:
        """Submit the manifest, or find the job that an earlier try submitted."""
        from encord_provider.ingestion.submit import submit

        hook = EncordHook(self.encord_conn_id)
        with task_failure(), open_ledger() as ledger:
            job = submit(ledger, hook.api, open_storage(), self.manifest, task_of(context), bounds=bounds())
        if job:
            self.log.info("manifest %s is upload job %s", self.manifest, job)
            EncordUploadJobLink.leave(context, hook.credentials.job_page(job))
        else:
            self.log.info("manifest %s: its units are all in the folder already", self.manifest)
        return job

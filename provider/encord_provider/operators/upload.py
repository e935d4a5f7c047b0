"""From a manifest to an upload job."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from airflow.providers.common.compat.sdk import Context

from encord_provider.hooks.buckets import open_storage
from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.ledger import open_ledger
from encord_provider.hooks.operator import RETRIES, EncordOperator
from encord_provider.hooks.run import task_of
from encord_provider.hooks.task_failure import task_failure
from encord_provider.hooks.uploads import bounds
from encord_provider.links.encord import EncordUploadJobLink


class EncordSubmitUploadOperator(EncordOperator):
    """Submit one manifest as one upload job, once, however often the task runs; return the job's UUID.

    The folder is found by its exact name and made when it is absent; the integration is found by its title. Waits while
    as many jobs are under way through the integration as it takes.

    Args:
        manifest: The name of a manifest, as `EncordBuildManifestOperator` returns it.
        ignore_file_errors: Go on when a file is refused, as Encord's "ignore individual file errors"; otherwise the
            first refused file ends the job, and the task that waits for it fails.
        encord_conn_id: Airflow connection of Encord.

    """

    template_fields: Sequence[str] = ("manifest", "encord_conn_id")
    operator_extra_links = (EncordUploadJobLink(),)
    ui_color = "#e6f4ea"
    presets: ClassVar[Mapping[str, Any]] = {
        **RETRIES,
        "retries": 3,
        "map_index_template": "{{ task.manifest }}",
    }

    def __init__(
        self,
        *,
        manifest: str,
        ignore_file_errors: bool = True,
        encord_conn_id: str = "encord_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.manifest = manifest
        self.ignore_file_errors = ignore_file_errors
        self.encord_conn_id = encord_conn_id

    def execute(self, context: Context) -> str | None:
        """Submit the manifest, or find the job that an earlier try submitted."""
        from encord_provider.ingestion.submit import submit

        hook = EncordHook(self.encord_conn_id)
        with task_failure(), open_ledger() as ledger:
            job = submit(
                ledger,
                hook.api,
                open_storage(),
                self.manifest,
                task_of(context),
                bounds=bounds(),
                strict=not self.ignore_file_errors,
            )
        if job:
            self.log.info("manifest %s is upload job %s", self.manifest, job)
            EncordUploadJobLink.leave(context, hook.credentials.job_page(job))
        else:
            self.log.info("manifest %s: its units are all in the folder already", self.manifest)
        return job

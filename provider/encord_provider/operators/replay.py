"""Out of quarantine, and into the pipeline again."""

from collections.abc import Sequence
from typing import Any

from airflow.providers.common.compat.sdk import Context

from encord_provider.hooks.operator import EncordOperator
from encord_provider.hooks.run import open_run
from encord_provider.hooks.task_failure import task_failure
from encord_provider.manifest.globs import as_globs
from encord_provider.manifest.ingestion import Ingestion
from encord_provider.uploads.causes import Cause, as_causes


class EncordReplayOperator(EncordOperator):
    """Send objects in quarantine back, once the cause is mended; the next run of the source registers them.

    A refused group comes back as a whole. What is not in quarantine stays as it is, so a second replay changes
    nothing. Returns how many objects there were, in all and by cause.

    Args:
        source: Bucket and prefix, as the DAG that ingests has it.
        folder: Name or UUID of the folder, spelled as the DAG that ingests has it.
        causes: Only what was refused for one of these causes, for example ``permission``; by default for any.
        keys: Patterns over whole keys; a key must match one.
        of_run: Only what this run had in its listing: ``<dag_id>/<run_id>``.
        preview: Count, and change nothing.
        encord_conn_id: Airflow connection of Encord.

    """

    template_fields: Sequence[str] = (
        "source",
        "folder",
        "causes",
        "keys",
        "of_run",
        "preview",
        "encord_conn_id",
    )
    ui_color = "#fce8e6"

    def __init__(
        self,
        *,
        source: str,
        folder: str,
        causes: str | Sequence[str] = (),
        keys: str | Sequence[str] = ("**",),
        of_run: str | None = None,
        preview: bool | str = False,
        encord_conn_id: str = "encord_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.source = source
        self.folder = folder
        self.causes = causes
        self.keys = keys
        self.of_run = of_run
        self.preview = preview
        self.encord_conn_id = encord_conn_id

    def execute(self, context: Context) -> dict[str, Any]:
        """Make what is chosen new again."""
        from encord_provider.ingestion.replay import Choice, replay

        ingestion = Ingestion(source=self.source, folder=self.folder, encord_conn_id=self.encord_conn_id)
        dry_run = str(self.preview).lower() == "true"  # a template makes a text of it
        with task_failure(), open_run(context, ingestion) as run:
            choice = Choice(as_causes(self.causes), as_globs(self.keys), self.of_run or None)
            counts = replay(run, choice, dry_run=dry_run)
        found = {str(cause): counts[cause] for cause in Cause if counts[cause]}
        self.log.info("%s: %s%s", self.source, found or "nothing", ", and left there" if dry_run else "")
        return {"replayed": 0 if dry_run else counts.total(), "found": counts.total(), "causes": found}

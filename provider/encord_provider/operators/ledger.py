"""From what Encord and the bucket hold to the ledger, and back."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import Context

from encord_provider.errors import SHOWN_FAULTS, DriftFound
from encord_provider.hooks.buckets import open_source, open_storage
from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.operator import EncordOperator
from encord_provider.hooks.run import open_run
from encord_provider.hooks.task_failure import task_failure
from encord_provider.manifest.globs import as_globs
from encord_provider.manifest.ingestion import Ingestion

if TYPE_CHECKING:
    from encord_provider.ingestion.audit import Drift


class EncordRebuildLedgerOperator(EncordOperator):
    """Put a lost ledger together again from the folder in Encord and the bucket.

    What an item of the folder stands for is written down as registered, so that the next run does not register
    it again. What the ledger knows stays as it is. Returns counts.

    Args:
        source: Bucket and prefix, for example ``s3://fleet-cameras/``.
        folder: Name or UUID of the folder in Encord, spelled as the DAGs have it.
        forget_gone: Forget what the ledger takes for registered and is not in the folder any more.
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
        forget_gone: bool = False,
        bucket_conn_id: str | None = None,
        encord_conn_id: str = "encord_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.source = source
        self.folder = folder
        self.forget_gone = forget_gone
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
            api = EncordHook(self.encord_conn_id).api
            rebuilt = rebuild(run, api, source, forget_gone=self.forget_gone)
        self.log.info("%s: %s", self.source, rebuilt)
        return asdict(rebuilt)


class EncordAuditOperator(EncordOperator):
    """Compare bucket, ledger, folder and dataset both ways, and fail when they say different things.

    Stores a line of JSON for each drift, and returns how many there are of each kind, and where they are named.

    Args:
        source: Bucket and prefix, for example ``s3://fleet-cameras/``.
        folder: Name or UUID of the folder in Encord, spelled as the DAGs have it.
        dataset: Title or UUID of the dataset that the folder is linked to; without one no rows are compared.
        include: Patterns over keys relative to the source; a key must match one.
        exclude: Patterns over keys relative to the source; these may be missing from the ledger.
        in_flight_minutes: What is younger is work in progress, and no drift.
        tolerated: Kinds of drift that are told, and do not fail the task.
        bucket_conn_id: Airflow connection of the bucket; by default the default one of its cloud.
        encord_conn_id: Airflow connection of Encord.

    """

    template_fields: Sequence[str] = (
        "source",
        "folder",
        "dataset",
        "include",
        "exclude",
        "bucket_conn_id",
        "encord_conn_id",
    )
    ui_color = "#fce8e6"

    def __init__(
        self,
        *,
        source: str,
        folder: str,
        dataset: str | None = None,
        include: str | Sequence[str] = ("**",),
        exclude: str | Sequence[str] = (),
        in_flight_minutes: float = 60,
        tolerated: Sequence[str] = (),
        bucket_conn_id: str | None = None,
        encord_conn_id: str = "encord_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.source = source
        self.folder = folder
        self.dataset = dataset
        self.include = include
        self.exclude = exclude
        self.in_flight_minutes = in_flight_minutes
        self.tolerated = tolerated
        self.bucket_conn_id = bucket_conn_id
        self.encord_conn_id = encord_conn_id

    def execute(self, context: Context) -> dict[str, Any]:
        """Audit, store what was found, and judge it."""
        from encord_provider.ingestion.audit import audit

        ingestion = Ingestion(
            source=self.source,
            folder=self.folder,
            include=as_globs(self.include),
            exclude=as_globs(self.exclude),
            bucket_conn_id=self.bucket_conn_id,
            encord_conn_id=self.encord_conn_id,
        )
        counts: Counter[str] = Counter()
        with task_failure(), open_run(context, ingestion) as run:
            api = EncordHook(self.encord_conn_id).api
            source = open_source(self.source, self.bucket_conn_id)
            with audit(run, api, source, self.dataset, self.in_flight_minutes * 60) as audited:
                self.log.info("%s: compared %s", self.source, audited.sizes)
                name = run.task.name.replace(":", "_")
                uri = open_storage().write_pieces(
                    f"audits/{name}.jsonl", self._lines(audited.drifts(), counts)
                )
            untolerated = {kind: count for kind, count in counts.items() if kind not in self.tolerated}
            if untolerated:
                raise DriftFound(self.source, untolerated, uri)
        return {"drifts": counts.total(), "kinds": dict(counts), "uri": uri}

    def _lines(self, drifts: "Iterator[Drift]", counts: Counter[str]) -> Iterator[bytes]:
        """Yield each drift as a line of JSON; log the first of each kind, and count them all."""
        for drift in drifts:
            counts[drift.kind] += 1
            if counts[drift.kind] <= SHOWN_FAULTS:
                self.log.warning("%s", drift)
            yield f"{drift.as_json()}\n".encode()

"""The account of a run."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from airflow.providers.common.compat.sdk import Context, XComArg

from encord_provider.errors import SHOWN_FAULTS, ReceiptOpen
from encord_provider.hooks.buckets import open_storage
from encord_provider.hooks.operator import EncordOperator
from encord_provider.hooks.run import open_run
from encord_provider.hooks.task_failure import task_failure
from encord_provider.manifest.ingestion import Ingestion


class EncordReceiptOperator(EncordOperator):
    """Account for every object of a run: discovered = registered + already there + excluded + quarantined + pending.

    Stores the whole receipt, which names every object that did not land, and why, and returns its counts
    and its URI. Fails when the account does not close.

    Args:
        arrived: What `EncordBucketSensor` returned.
        linked: What `EncordLinkFolderOperator` returned, to stand in the receipt.
        metadata: What `EncordUpsertMetadataOperator` returned, to stand in the receipt.

    """

    template_fields: Sequence[str] = ("arrived", "linked", "metadata")
    ui_color = "#fce8e6"

    def __init__(
        self,
        *,
        arrived: Mapping[str, Any] | XComArg,
        linked: Mapping[str, Any] | XComArg | None = None,
        metadata: Mapping[str, Any] | XComArg | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.arrived = arrived
        self.linked = linked
        self.metadata = metadata

    def execute(self, context: Context) -> dict[str, Any]:
        """Compute the receipt from the ledger and store it."""
        from encord_provider.ingestion.receipt import receipt

        with task_failure(), open_run(context, Ingestion.model_validate(self.arrived)) as run:
            account = receipt(run)
            name = run.task.name.replace(":", "_")
            pieces = account.pieces(linked=self.linked, metadata=self.metadata)
            uri = open_storage().write_pieces(f"receipts/{name}.json", pieces)
            open_storage().write_pieces(f"receipts/{name}.csv", account.failed_files())
            if not account.closed:
                raise ReceiptOpen(account.run, account.discovered, account.accounted, uri)
            for entry in islice(account.not_landed(), SHOWN_FAULTS):
                self.log.warning("quarantined %s (%s): %s", entry.key, entry.cause, entry.reason)
        if account.quarantined > SHOWN_FAULTS:
            self.log.warning("and %d more; each is named in %s", account.quarantined - SHOWN_FAULTS, uri)
        return account.counts() | {
            "linked": _count(self.linked, "linked"),
            "metadata": _count(self.metadata, "updated"),
            "uri": uri,
        }


def _count(result: object, name: str) -> int:
    """Return one count of what another task returned; 0 when that task did not run."""
    return int(result[name]) if isinstance(result, Mapping) else 0

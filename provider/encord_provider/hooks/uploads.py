"""The upload jobs of a run, by Airflow's connection and the configured ledger."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.ledger import open_ledger

if TYPE_CHECKING:
    from encord_provider.ingestion.outcome import Outcome


def settle_finished(encord_conn_id: str, jobs: Sequence[str], max_failed: float | None) -> "Outcome":
    """Record what became of every object of the jobs that have come to their end.

    Raises:
        NotFound: A job that the ledger does not know.
        UploadFailed: A job was cancelled, failed as a whole, or left units unaccounted for.
        TooManyRefused: More objects were refused than *max_failed* allows, once no job runs any more.

    """
    from encord_provider.ingestion import outcome

    with open_ledger() as ledger:
        return outcome.settle_finished(ledger, EncordHook(encord_conn_id).api, jobs, max_failed)

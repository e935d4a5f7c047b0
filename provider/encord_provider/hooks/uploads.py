"""The upload jobs of a run, by Airflow's connection and the configured ledger."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from encord_provider.hooks.buckets import open_storage
from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.ledger import open_ledger
from encord_provider.hooks.run import task_of

if TYPE_CHECKING:
    from encord_provider.ingestion.outcome import Outcome


def settle_finished(
    encord_conn_id: str, jobs: Sequence[str], max_failed: float | None, context: Mapping[str, Any]
) -> "Outcome":
    """Record what became of every object of the jobs that have come to their end.

    Raises:
        NotFound: A job that the ledger does not know.
        UploadFailed: A job was cancelled, ended with its first refusal since it was strict, left units
            unaccounted for, or failed as a whole for what is no unit's fault.
        TooManyRefused: More objects were refused than *max_failed* allows, once no job runs any more.

    """
    from encord_provider.ingestion import outcome

    with open_ledger() as ledger:
        api, storage, task = EncordHook(encord_conn_id).api, open_storage(), task_of(context)
        return outcome.settle_finished(ledger, api, storage, jobs, max_failed, task=task)

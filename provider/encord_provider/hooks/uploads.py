"""The upload jobs of a run, by Airflow's connection and the configured ledger."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from encord_provider.hooks.buckets import open_storage
from encord_provider.hooks.configuration import jobs_in_flight, units_in_flight
from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.ledger import open_ledger
from encord_provider.hooks.run import task_of
from encord_provider.manifest.limits import Advice

if TYPE_CHECKING:
    from encord_provider.ingestion.outcome import Outcome
    from encord_provider.ingestion.run import Run
    from encord_provider.ledger.pacing import Bounds


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
        return outcome.settle_finished(ledger, api, storage, jobs, max_failed, task=task, bounds=bounds())


def note_ends(seen: Mapping[str, float]) -> None:
    """Record when upload jobs were seen to have ended, and learn from it how long a unit takes."""
    from encord_provider.ingestion import pacing

    with open_ledger() as ledger:
        pacing.note_ends(ledger, seen)


def bounds() -> "Bounds":
    """Return how much may be under way through one integration at a time, as it is configured."""
    from encord_provider.ledger.pacing import DEFAULT_BOUNDS, Bounds

    return Bounds(jobs_in_flight() or DEFAULT_BOUNDS.jobs, units_in_flight() or DEFAULT_BOUNDS.units)


def advice_for(run: "Run") -> "Advice":
    """Return how much goes into one upload job, by what was learned from those before; else as Encord advises."""
    from encord_provider.ingestion.pacing import learned
    from encord_provider.ledger.pacing import Place

    speeds = run.ledger.pacing.seconds_per_unit(Place(run.domain, run.ingestion.integration))
    return learned(Advice(), speeds)

"""The upload jobs of a run, settled as far as they have come."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NoReturn

from encord_provider.encord_api.api import EncordApi
from encord_provider.errors import SHOWN_FAULTS, NotFound, TooManyRefused, UploadFailed, UploadUnfinished
from encord_provider.ingestion.bisect import bisect
from encord_provider.ingestion.run import Task
from encord_provider.ingestion.settle import settle
from encord_provider.ingestion.storage import Storage
from encord_provider.ledger.fates import Fate
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.manifests import ManifestRecord
from encord_provider.ledger.pacing import DEFAULT_BOUNDS, Bounds
from encord_provider.uploads.verdict import Verdict, allowed, judge, too_many


@dataclass(frozen=True)
class Outcome:
    """How far the upload jobs of a run are."""

    running: list[list[str]]
    """Folder UUID and job UUID of each job that has not come to its end."""

    counts: dict[str, int]
    """Jobs, and objects registered and quarantined by them."""

    folder_page: str | None

    def give_up(self) -> NoReturn:
        """Leave the wait to Airflow's retries.

        Raises:
            UploadUnfinished: Always; the jobs go on, and a retry waits for them again.

        """
        raise UploadUnfinished([job for _, job in self.running])


def settle_finished(
    ledger: Ledger,
    api: EncordApi,
    storage: Storage,
    jobs: Sequence[str],
    max_failed: float | None,
    *,
    task: Task,
    bounds: Bounds = DEFAULT_BOUNDS,
) -> Outcome:
    """Record what became of every object of the jobs that have come to their end.

    A job that failed as a whole goes on in parts, whose jobs belong to it. Jobs that were settled before are not
    asked for again, so this can be repeated at will.

    Raises:
        NotFound: A job that the ledger does not know.
        UploadFailed: A job was cancelled, ended with its first refusal since it was strict, left units
            unaccounted for, or failed as a whole for what is no unit's fault.
        TooManyRefused: More objects were refused than *max_failed* allows, once no job runs any more.

    """
    families = _families(ledger, jobs)
    running, failed = _settle_each(ledger, api, families)
    for family in sorted(failed - {record.family for record in running}):
        running += bisect(ledger, api, storage, family, task, bounds=bounds)
    records = ledger.manifests.families(families)
    ids = [record.id for record in records]
    fates = ledger.objects.fates(ids)
    refused = fates[Fate.QUARANTINED]
    if not running and too_many(refused, fates.total(), max_failed):
        reasons = ledger.objects.reasons(ids, SHOWN_FAULTS)
        raise TooManyRefused(refused, allowed(fates.total(), max_failed), reasons)
    counts = {"jobs": len(records), "registered": fates[Fate.REGISTERED], "quarantined": refused}
    folder = next((record.folder_uuid for record in records if record.folder_uuid), None)
    jobs_left = [[str(record.folder_uuid), str(record.job_uuid)] for record in running]
    return Outcome(jobs_left, counts, api.credentials.folder_page(folder) if folder else None)


def _families(ledger: Ledger, jobs: Sequence[str]) -> set[str]:
    """Return the manifests of *jobs*; of a part, the manifest that it is a part of."""
    found = ledger.manifests.of_jobs(jobs)
    for unknown in sorted(set(jobs) - {str(record.job_uuid) for record in found}):
        raise NotFound("upload job", unknown, "was it submitted with another ledger?")
    return {record.family for record in found}


def _settle_each(
    ledger: Ledger, api: EncordApi, families: Collection[str]
) -> tuple[list[ManifestRecord], set[str]]:
    """Settle what has come to its end; return what still runs, and which manifests have failed as a whole."""
    running, failed, reasons = [], set(), []
    for record in ledger.manifests.families(families):
        if record.settled_at is not None:
            continue
        if record.failed_at is not None or not record.job_uuid or not record.folder_uuid:
            failed.add(record.family)
            continue
        progress = api.upload_progress(record.folder_uuid, record.job_uuid)
        verdict = judge(progress)
        if verdict is Verdict.WAIT:
            running.append(record)
        elif verdict is Verdict.FAILED and not record.strict:
            failed.add(record.family)
        else:
            unaccounted = settle(ledger, api, record, progress).unaccounted
            if verdict is not Verdict.SETTLE or unaccounted:
                lines = [f"{title}: neither registered nor refused" for title in unaccounted]
                reasons.append((record.job_uuid, progress.status, [*progress.errors, *lines]))
    if reasons:
        raise UploadFailed(*reasons[0])
    return running, failed

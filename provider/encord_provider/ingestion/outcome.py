"""The upload jobs of a run, settled as far as they have come."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from encord_provider.encord_api.api import EncordApi
from encord_provider.errors import SHOWN_FAULTS, NotFound, TooManyRefused, UploadFailed, UploadUnfinished
from encord_provider.ingestion.settle import settle
from encord_provider.ledger.fates import Fate
from encord_provider.ledger.ledger import Ledger
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


def settle_finished(ledger: Ledger, api: EncordApi, jobs: Sequence[str], max_failed: float | None) -> Outcome:
    """Record what became of every object of the jobs that have come to their end.

    Jobs that were settled before are not asked for again, so this can be repeated at will.

    Raises:
        NotFound: A job that the ledger does not know.
        UploadFailed: A job was cancelled, failed as a whole, or left units unaccounted for.
        TooManyRefused: More objects were refused than *max_failed* allows, once no job runs any more.

    """
    running, failures = [], []
    records = ledger.manifests.of_jobs(jobs)
    for unknown in sorted(set(jobs) - {str(record.job_uuid) for record in records}):
        raise NotFound("upload job", unknown, "was it submitted with another ledger?")
    for record in records:
        if record.settled_at is not None or not record.job_uuid or not record.folder_uuid:
            continue
        progress = api.upload_progress(record.folder_uuid, record.job_uuid)
        verdict = judge(progress)
        if verdict is Verdict.WAIT:
            running.append([record.folder_uuid, record.job_uuid])
            continue
        settlement = settle(ledger, api, record, progress)
        if verdict is Verdict.FAILED or settlement.unaccounted:
            unaccounted = [f"{title}: neither registered nor refused" for title in settlement.unaccounted]
            failures.append((record.job_uuid, progress.status, [*progress.errors, *unaccounted]))
    ids = [record.id for record in records]
    fates = ledger.objects.fates(ids)
    if failures:
        raise UploadFailed(*failures[0])
    refused = fates[Fate.QUARANTINED]
    if not running and too_many(refused, fates.total(), max_failed):
        reasons = ledger.objects.reasons(ids, SHOWN_FAULTS)
        raise TooManyRefused(refused, allowed(fates.total(), max_failed), reasons)
    counts = {"jobs": len(records), "registered": fates[Fate.REGISTERED], "quarantined": refused}
    folder = next((record.folder_uuid for record in records if record.folder_uuid), None)
    return Outcome(running, counts, api.credentials.folder_page(folder) if folder else None)

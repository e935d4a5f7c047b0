"""Every way in which an upload job can end: nothing of it is lost, and the next run takes what is left."""

from collections import Counter
from uuid import UUID

import pytest

from encord_provider.errors import TooManyRefused, UploadFailed
from encord_provider.uploads.progress import JobStatus
from tests import media
from tests.patience import eventually
from tests.unit.ingestion.conftest import Pipeline

UNITS = 4


def put_units(pipeline: Pipeline, *, refused: bool) -> None:
    """Put a few objects under the source; the second one is no image where one is to be *refused*."""
    for number in range(UNITS):
        body = b"only words" if refused and number == 1 else media.image(shade=number)
        pipeline.bucket.put(f"{number}.png", body)


def cancel(pipeline: Pipeline, manifest: str, job: str | None) -> None:
    """Cancel a job, as a person does in Encord, once two of its units are done with."""
    folder = pipeline.ledger.manifests.get(manifest).folder_uuid
    assert folder
    assert job
    assert eventually(lambda: pipeline.api.upload_progress(folder, job).pending <= UNITS - 2)
    pipeline.sandbox.client().get_storage_folder(UUID(folder)).add_data_to_folder_job_cancel(UUID(job))
    pipeline.sandbox.pace(None)


@pytest.mark.parametrize("refused", [False, True], ids=["no unit refused", "a unit refused"])
@pytest.mark.parametrize("status", [JobStatus.DONE, JobStatus.ERROR, JobStatus.CANCELLED])
def test_whatever_end_a_job_comes_to_every_object_is_accounted_for(
    pipeline: Pipeline, status: JobStatus, *, refused: bool
) -> None:
    put_units(pipeline, refused=refused)
    ends_with_a_refusal = status is JobStatus.ERROR and refused
    if status is JobStatus.ERROR and not refused:
        pipeline.sandbox.poison("1.png")
    if status is JobStatus.CANCELLED:
        pipeline.sandbox.pace(units_per_second=5)
    (manifest,) = pipeline.build("first")
    job = pipeline.submit(manifest, "first", strict=ends_with_a_refusal)
    if status is JobStatus.CANCELLED:
        cancel(pipeline, manifest, job)

    if status is JobStatus.CANCELLED or ends_with_a_refusal:
        with pytest.raises(UploadFailed) as failure:
            pipeline.wait([job], name="first")
        assert (failure.value.job_id, failure.value.status) == (job, status)
    else:
        pipeline.wait([job], name="first")
    account = pipeline.ingest("second")

    quarantined = int(refused or status is JobStatus.ERROR)
    assert (account.closed, account.quarantined) == (True, quarantined)
    names = Counter(item.name.rpartition("/")[2] for item in pipeline.items())
    assert names == Counter(f"{number}.png" for number in range(UNITS) if number != 1 or not quarantined)


def test_refusals_are_counted_and_the_run_goes_on_unless_there_are_too_many(pipeline: Pipeline) -> None:
    put_units(pipeline, refused=True)
    jobs = [pipeline.submit(manifest) for manifest in pipeline.build()]

    assert pipeline.wait(jobs, max_failed=1).counts == {"jobs": 1, "registered": UNITS - 1, "quarantined": 1}
    with pytest.raises(TooManyRefused) as failure:
        pipeline.wait(jobs, max_failed=0.2)
    assert (failure.value.refused, failure.value.allowed) == (1, 0.8)

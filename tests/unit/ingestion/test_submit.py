"""One manifest, one upload job, whatever goes wrong on the way."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from encord_provider.errors import EncordUnavailable, NotFound
from encord_provider.ingestion.receipt import receipt
from tests import media
from tests.unit.ingestion.conftest import FOLDER, Pipeline

START = r"/data-upload-jobs$"


def put_images(pipeline: Pipeline, count: int) -> None:
    """Put *count* different images under the source."""
    for shade in range(count):
        pipeline.bucket.put(f"{shade}.png", media.image(shade=shade))


def test_a_second_try_finds_the_job_of_the_first(pipeline: Pipeline) -> None:
    put_images(pipeline, 1)
    (manifest,) = pipeline.build()

    assert pipeline.submit(manifest) == pipeline.submit(manifest)
    assert [seen.status for seen in pipeline.sandbox.requests if seen.path.endswith("/data-upload-jobs")] == [
        200
    ]


def test_a_lost_answer_makes_no_second_registration(pipeline: Pipeline) -> None:
    put_images(pipeline, 3)
    (manifest,) = pipeline.build()
    pipeline.sandbox.faults.add("drop_after", method="POST", path=START)

    with pytest.raises(EncordUnavailable):
        pipeline.submit(manifest)
    pipeline.settle(pipeline.submit(manifest))

    account = receipt(pipeline.run())
    assert (account.registered + account.already, account.closed) == (3, True)
    assert len(pipeline.items()) == 3


def test_a_lost_answer_while_the_first_job_still_runs_makes_no_second_registration(
    pipeline: Pipeline,
) -> None:
    put_images(pipeline, 3)
    (manifest,) = pipeline.build()
    pipeline.sandbox.hold_jobs()
    pipeline.sandbox.faults.add("drop_after", method="POST", path=START)

    with pytest.raises(EncordUnavailable):
        pipeline.submit(manifest)
    job = pipeline.submit(manifest)
    pipeline.sandbox.hold_jobs(held=False)
    pipeline.settle(job)

    assert receipt(pipeline.run()).closed
    assert len(pipeline.items()) == 3


def test_a_lost_request_is_sent_again(pipeline: Pipeline) -> None:
    put_images(pipeline, 3)
    (manifest,) = pipeline.build()
    pipeline.sandbox.faults.add("drop_before", method="POST", path=START)

    with pytest.raises(EncordUnavailable):
        pipeline.submit(manifest)
    pipeline.settle(pipeline.submit(manifest))

    assert receipt(pipeline.run()).registered == 3


def test_mapped_submissions_make_one_folder(pipeline: Pipeline) -> None:
    put_images(pipeline, 6)
    manifests = pipeline.build(units_per_job=1)

    with ThreadPoolExecutor(len(manifests)) as tasks:
        jobs = list(tasks.map(pipeline.submit, manifests))
    pipeline.settle(*jobs)

    assert len(set(jobs)) == len(manifests)
    assert [folder.name for folder in pipeline.sandbox.client().find_storage_folders()] == [FOLDER]
    assert receipt(pipeline.run()).registered == 6


def test_an_unknown_integration_fails_and_names_those_there_are(pipeline: Pipeline) -> None:
    put_images(pipeline, 1)
    (manifest,) = pipeline.build()
    api = pipeline.api
    with pytest.raises(NotFound, match="'s3'"):
        api.integration("nowhere")
    assert pipeline.submit(manifest) is not None

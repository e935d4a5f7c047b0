"""How many upload jobs are started at a time, and how large they are made."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from encord_provider.errors import EncordUnavailable, NoRoom
from encord_provider.ingestion import pacing
from encord_provider.ingestion.pacing import JOB_SECONDS, LEARNED_JOBS, RANGE, learned, note_ends
from encord_provider.ingestion.run import Task
from encord_provider.ingestion.submit import submit
from encord_provider.ledger.pacing import Bounds
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.limits import Advice
from tests import media
from tests.unit.ingestion.conftest import Pipeline

PATIENCE_SECONDS = 100


def put_images(pipeline: Pipeline, count: int) -> list[str]:
    """Put images under the source; return the names of manifests of one each."""
    for shade in range(count):
        pipeline.bucket.put(f"{shade}.png", media.image(shade=shade))
    return pipeline.build(units_per_job=1)


def starts(pipeline: Pipeline) -> list[int]:
    """Return how Encord answered each start of a job."""
    return [seen.status for seen in pipeline.sandbox.requests if seen.path.endswith("/data-upload-jobs")]


def test_a_submission_waits_until_encord_has_room_and_sends_again(pipeline: Pipeline) -> None:
    first, second = put_images(pipeline, 2)
    pipeline.sandbox.hold_jobs()
    pipeline.sandbox.limit_jobs(1)
    done = pipeline.submit(first)
    with ThreadPoolExecutor(1) as tasks:
        waiting = tasks.submit(pipeline.submit, second)
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while 429 not in starts(pipeline) and time.monotonic() < give_up_at:
            time.sleep(0.05)
        pipeline.sandbox.hold_jobs(held=False)
        job = waiting.result(PATIENCE_SECONDS)

    pipeline.settle(done, job)

    assert len(pipeline.items()) == 2
    assert starts(pipeline).count(200) == 2


def test_bounds_hold_over_tasks_and_make_room_when_a_job_has_ended(pipeline: Pipeline) -> None:
    first, second = put_images(pipeline, 2)
    pipeline.sandbox.hold_jobs()
    bounds = Bounds(jobs=1)
    held = threading.Event()

    def second_task() -> str | None:
        held.set()
        return submit(
            pipeline.ledger, pipeline.api, pipeline.storage, second, Task("other dag", second), bounds=bounds
        )

    submit(pipeline.ledger, pipeline.api, pipeline.storage, first, Task("dag", first), bounds=bounds)
    with ThreadPoolExecutor(1) as tasks:
        waiting = tasks.submit(second_task)
        held.wait(PATIENCE_SECONDS)
        assert starts(pipeline) == [200]
        pipeline.sandbox.hold_jobs(held=False)
        assert waiting.result(PATIENCE_SECONDS)

    assert starts(pipeline) == [200, 200]


def test_a_submission_that_finds_no_room_for_long_is_left_to_the_retries(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "ROOM_SECONDS", 0.0)  # an hour is too long for a test
    first, second = put_images(pipeline, 2)
    pipeline.sandbox.hold_jobs()
    task, bounds = Task("dag", "submit"), Bounds(jobs=1)
    submit(pipeline.ledger, pipeline.api, pipeline.storage, first, task, bounds=bounds)

    with pytest.raises(NoRoom):
        submit(pipeline.ledger, pipeline.api, pipeline.storage, second, task, bounds=bounds)

    pipeline.sandbox.hold_jobs(held=False)
    assert starts(pipeline) == [200]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_tasks_follow_a_limit_that_moves_without_a_storm(pipeline: Pipeline) -> None:
    manifests = put_images(pipeline, 24)
    pipeline.sandbox.pace(units_per_second=2)
    pipeline.sandbox.limit_jobs(3)
    with ThreadPoolExecutor(8) as tasks:
        jobs = [tasks.submit(pipeline.submit, manifest) for manifest in manifests]
        for job in jobs[:8]:
            job.result()
        pipeline.sandbox.limit_jobs(6)
        started = [job.result() for job in jobs]

    pipeline.settle(*started)

    assert len(pipeline.items()) == len(manifests)
    assert starts(pipeline).count(200) == len(manifests)
    assert starts(pipeline).count(429) <= len(manifests)


def test_an_encord_that_cannot_be_reached_is_not_one_that_has_too_much_to_do(pipeline: Pipeline) -> None:
    manifests = put_images(pipeline, 3)
    pipeline.sandbox.hold_jobs()
    pipeline.sandbox.faults.add("drop_before", method="POST", path="/data-upload-jobs$")
    with pytest.raises(EncordUnavailable):
        pipeline.submit(manifests[0])

    assert all(pipeline.submit(manifest) for manifest in manifests)


def test_a_job_is_made_as_large_as_it_ends_in_time() -> None:
    speeds = {"image": (JOB_SECONDS / 2000, LEARNED_JOBS), "video": (JOB_SECONDS / 50, LEARNED_JOBS)}

    advice = learned(Advice(), speeds)

    assert (advice.units[Kind.IMAGE], advice.units[Kind.VIDEO]) == (2000, 50)
    assert advice.share(Kind.AUDIO) == Advice().share(Kind.AUDIO)


@pytest.mark.parametrize(("seconds", "units"), [(1e-9, 100 * RANGE), (1e9, 100 // RANGE)])
def test_what_was_learned_does_not_lead_far_from_the_advice(seconds: float, units: int) -> None:
    assert learned(Advice(), {"video": (seconds, LEARNED_JOBS)}).units[Kind.VIDEO] == units


def test_few_jobs_teach_nothing() -> None:
    assert learned(Advice(), {"video": (1e9, LEARNED_JOBS - 1)}) == Advice()


def test_a_job_is_learned_from_once(pipeline: Pipeline) -> None:
    (manifest,) = put_images(pipeline, 1)
    job = pipeline.submit(manifest) or ""
    record = pipeline.ledger.manifests.get(manifest)

    for _ in range(2):
        note_ends(pipeline.ledger, {job: time.time() + 10})

    ((_, (seconds, jobs)),) = pipeline.ledger.pacing.seconds_per_unit(pacing.place_of(record)).items()
    assert jobs == 1
    assert seconds > 0

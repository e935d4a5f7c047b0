"""The upload jobs of a run, settled as far as they have come."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from encord_provider.encord_api.api import EncordApi
from encord_provider.errors import NotFound, TooManyRefused, UploadFailed, UploadUnfinished
from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.ledger import open_ledger
from encord_provider.hooks.uploads import settle_finished
from encord_provider.ingestion.outcome import Outcome
from encord_provider.ledger.ledger import Ledger
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.manifests import Manifest
from encord_provider.manifest.objects import BucketObject
from encord_provider.manifest.units import unit_of
from encord_provider.sandbox.testing import RunningSandbox
from tests import media
from tests.bucket import Bucket
from tests.unit.hooks.conftest import Connect
from tests.unit.hooks.test_run import Instance
from tests.unit.ledger.steps import Steps
from tests.unit.manifest.listed import MODIFIED

PATIENCE_SECONDS = 30

CONTEXT = {"ti": Instance()}


@dataclass(frozen=True)
class Uploads:
    """A folder, a bucket and the configured ledger, and upload jobs between them."""

    sandbox: RunningSandbox
    bucket: Bucket
    ledger: Ledger
    api: EncordApi
    folder: str

    def start(self, *names: str) -> str:
        """Put images into the bucket, start their job as a run does; a name with "bad" in it is no image."""
        objects = []
        for name in names:
            url = self.bucket.put(name, b"a text" if "bad" in name else media.image())
            objects.append(BucketObject(name, url, 1, "1", MODIFIED))
        steps = Steps(self.ledger, f"{self.sandbox.url}#{self.folder}")
        steps.observe("run", *objects)
        manifest = steps.plan("run", *objects)
        units = tuple(unit_of(Kind.IMAGE, obj.key, [obj]) for obj in objects)
        job = self.api.start_upload(self.folder, self.api.integration(None), Manifest(units))
        self.ledger.manifests.intend(manifest, self.folder, time.time())
        with self.ledger.transaction() as connection:
            self.ledger.manifests.submitted(connection, manifest, job, "run", time.time())
            self.ledger.objects.submitted(connection, manifest)
        return job

    def settled(self, *jobs: str, max_failed: float | None = None) -> Outcome:
        """Settle until no job runs any more."""
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while (outcome := settle_finished("encord_default", jobs, max_failed, CONTEXT)).running:
            assert time.monotonic() < give_up_at, outcome
            time.sleep(0.02)
        return outcome

    def asked_for(self, job: str) -> int:
        """Count how often Encord was asked for a job."""
        return sum(bool(re.search(rf"{job}$", seen.path)) for seen in self.sandbox.requests)


@pytest.fixture
def uploads(sandbox: RunningSandbox, bucket: Bucket, home: Path, connect: Connect) -> Iterator[Uploads]:
    """Begin with an empty folder and an empty ledger."""
    connect(host=sandbox.url, password=sandbox.private_key, extra={"integration": "s3"})
    api = EncordHook().api
    sandbox.hold_jobs(held=False)
    with open_ledger() as ledger:
        yield Uploads(
            sandbox, bucket, ledger, api, api.folder(f"fleet {home.name} {bucket.prefix}", create=True)
        )


def test_jobs_that_run_are_named_and_nothing_is_counted_yet(uploads: Uploads) -> None:
    uploads.sandbox.hold_jobs()
    job = uploads.start("a.png")

    outcome = settle_finished("encord_default", [job], None, CONTEXT)

    assert outcome.running == [[uploads.folder, job]]
    assert outcome.counts == {"jobs": 1, "registered": 0, "quarantined": 0}
    with pytest.raises(UploadUnfinished) as caught:
        outcome.give_up()
    assert caught.value.job_ids == (job,)


def test_jobs_that_ended_are_counted_while_others_run(uploads: Uploads) -> None:
    done = uploads.start("a.png", "b.png", "bad.png")
    uploads.settled(done)
    uploads.sandbox.hold_jobs()
    running = uploads.start("c.png")

    outcome = settle_finished("encord_default", [done, running], 0, CONTEXT)

    assert outcome.running == [[uploads.folder, running]]
    assert outcome.counts == {"jobs": 2, "registered": 2, "quarantined": 1}


def test_the_outcome_leads_to_the_folder(uploads: Uploads) -> None:
    outcome = uploads.settled(uploads.start("a.png"))

    assert outcome.folder_page == f"{uploads.sandbox.url}/folders/{uploads.folder}"


def test_a_job_that_is_settled_is_not_asked_for_again(uploads: Uploads) -> None:
    job = uploads.start("a.png")
    first = uploads.settled(job)
    asked = uploads.asked_for(job)

    assert uploads.settled(job) == first
    assert uploads.asked_for(job) == asked


@pytest.mark.parametrize(("max_failed", "allowed"), [(0, 0), (1, 1), (0.5, 1.5)])
def test_more_refused_objects_than_the_run_allows_fail_it_with_their_reasons(
    uploads: Uploads, max_failed: float, allowed: float
) -> None:
    job = uploads.start("good.png", "bad.png", "worse bad.png")

    with pytest.raises(TooManyRefused, match=r"bad\.png: ") as caught:
        uploads.settled(job, max_failed=max_failed)

    assert (caught.value.refused, caught.value.allowed) == (2, allowed)
    assert len(caught.value.reasons) == 2
    with pytest.raises(TooManyRefused):  # a second try says the same
        uploads.settled(job, max_failed=max_failed)


@pytest.mark.parametrize("max_failed", [None, 2, 0.7])
def test_as_many_refused_objects_as_the_run_allows_are_only_counted(
    uploads: Uploads, max_failed: float | None
) -> None:
    outcome = uploads.settled(uploads.start("good.png", "bad.png", "worse bad.png"), max_failed=max_failed)

    assert outcome.counts == {"jobs": 1, "registered": 1, "quarantined": 2}


def test_a_job_that_was_cancelled_fails_the_run_and_its_objects_can_be_sent_again(uploads: Uploads) -> None:
    uploads.sandbox.hold_jobs()
    job = uploads.start("a.png")
    uploads.api.cancel_upload(uploads.folder, job)
    uploads.sandbox.hold_jobs(held=False)

    with pytest.raises(UploadFailed, match=f"{job} ended CANCELLED"):
        uploads.settled(job)

    assert uploads.settled(uploads.start("a.png")).counts["registered"] == 1


def test_no_jobs_are_an_outcome_too(uploads: Uploads) -> None:
    assert uploads.settled() == Outcome([], {"jobs": 0, "registered": 0, "quarantined": 0}, None)


def test_a_job_that_the_ledger_does_not_know_is_an_error_and_never_nothing(uploads: Uploads) -> None:
    with pytest.raises(NotFound, match="8c8f3c1e"):
        uploads.settled("8c8f3c1e-6b0e-4a4e-9d57-3f6f0c9d2a11")

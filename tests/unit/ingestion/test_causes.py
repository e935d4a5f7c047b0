"""Every cause of a refusal, brought about for real, with its remedy."""

import pytest

from encord_provider.ingestion.receipt import Receipt
from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.limits import Limits
from encord_provider.sandbox.testing import running_sandbox
from encord_provider.uploads.causes import Cause
from tests import media
from tests.unit.ingestion.conftest import Pipeline
from tests.unit.ingestion.test_replay import shut


def causes(account: Receipt) -> set[str]:
    """Return the causes of what did not land; each entry has its remedy."""
    assert account.closed
    assert all(entry.remedy == entry.cause.remedy for entry in account.quarantine)
    return {entry.cause for entry in account.quarantine}


def test_an_integration_without_access_is_a_matter_of_permission(pipeline: Pipeline) -> None:
    pipeline.bucket.put("a.png", media.image())

    assert causes(shut(pipeline).ingest()) == {Cause.PERMISSION}


@pytest.mark.slow
def test_an_object_that_went_before_encord_came_is_missing(pipeline: Pipeline) -> None:
    pipeline.bucket.put("a.png", media.image())
    (manifest,) = pipeline.build()
    pipeline.bucket.delete("a.png")
    pipeline.settle(pipeline.submit(manifest))

    assert causes(pipeline.account()) == {Cause.MISSING}


@pytest.mark.slow
def test_a_text_that_is_called_an_image_is_of_the_wrong_kind(pipeline: Pipeline) -> None:
    pipeline.bucket.put("a.jpg", b"only words")

    assert causes(pipeline.ingest()) == {Cause.WRONG_KIND}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "body"),
    [("a.mp4", media.video()[:-200]), ("a.png", b""), ("a.jpg", media.image("jpeg")[:-200])],
    ids=["video", "empty", "image"],
)
def test_a_file_that_was_not_written_whole_is_corrupt(pipeline: Pipeline, key: str, body: bytes) -> None:
    pipeline.bucket.put(key, body)

    assert causes(pipeline.ingest()) == {Cause.CORRUPT}


@pytest.mark.slow
def test_a_title_that_is_longer_than_encord_takes_is_over_a_limit(
    pipeline: Pipeline, s3_integration: Integration
) -> None:
    pipeline.bucket.put("a.png", media.image())
    with running_sandbox(integrations=[s3_integration], limits=Limits(title_characters=8)) as narrow:
        pipeline.sandbox = narrow

        assert causes(pipeline.ingest()) == {Cause.LIMIT}


@pytest.mark.slow
def test_a_member_that_came_after_its_group_is_late(pipeline: Pipeline) -> None:
    pipeline = pipeline.grouped(image_groups=r"(?P<unit>.*/rig)/")
    pipeline.bucket.put("rig/1.png", media.image(shade=1))
    assert pipeline.ingest("first").registered == 1
    pipeline.bucket.put("rig/2.png", media.image(shade=2))

    assert causes(pipeline.ingest("second")) == {Cause.LATE}


@pytest.mark.slow
def test_a_job_that_fails_without_a_reason_is_the_platforms_to_explain(pipeline: Pipeline) -> None:
    pipeline.bucket.put("a.png", media.image())
    pipeline.sandbox.poison(".", message="Job terminated: worker lost.")
    pipeline.wait([pipeline.submit(manifest) for manifest in pipeline.build()])

    assert causes(pipeline.account()) == {Cause.PLATFORM}

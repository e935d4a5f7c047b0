"""Folders that Encord keeps in step with a prefix by itself."""

import time

import pytest

from encord_provider.errors import BadSource, NotFound, TooManyRefused, UploadFailed
from encord_provider.ingestion.cloud_sync import CloudFolder, look, start
from encord_provider.ingestion.run import Task
from encord_provider.uploads.sync import SyncProgress, SyncStatus
from tests import media
from tests.unit.ingestion.conftest import FOLDER, PATIENCE_SECONDS, Pipeline

SUFFIX = ".metadata.json"


def followed(pipeline: Pipeline, prefix: str = "", *, sidecar_suffix: str | None = SUFFIX) -> CloudFolder:
    """Return a folder that follows the test's prefix."""
    return CloudFolder(FOLDER, pipeline.bucket.url(prefix), "s3", sidecar_suffix)


def begin(pipeline: Pipeline, folder: CloudFolder) -> tuple[str, str]:
    """Start a synchronisation as a task does."""
    return start(pipeline.ledger, pipeline.api, folder, Task("run", "sync"))


def sync(pipeline: Pipeline, folder: CloudFolder, max_failed: float | None = None) -> SyncProgress:
    """Synchronise and wait."""
    uuid, job = begin(pipeline, folder)
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not (progress := look(pipeline.api, uuid, job, max_failed)).is_over:
        assert time.monotonic() < give_up_at, progress
        time.sleep(0.05)
    return progress


def test_a_folder_is_made_once_and_follows_its_prefix_with_its_side_files(pipeline: Pipeline) -> None:
    pipeline.bucket.put("a.png", media.image())
    pipeline.bucket.put("a.png.metadata.json", b'{"site": "north"}')

    first = sync(pipeline, followed(pipeline))
    pipeline.bucket.put("b.png", media.image())
    second = sync(pipeline, followed(pipeline))

    assert (first.status, first.registered, second.registered) == (SyncStatus.DONE, 1, 1)
    assert len(pipeline.folders(FOLDER)) == 1
    assert {item.url: item.client_metadata for item in pipeline.items()} == {
        pipeline.bucket.url("a.png"): {"site": "north"},
        pipeline.bucket.url("b.png"): {},
    }


def test_side_files_are_configured_once(pipeline: Pipeline) -> None:
    def configured() -> int:
        return sum(
            seen.method == "POST" and seen.path.endswith("/folder-config")
            for seen in pipeline.sandbox.requests
        )

    sync(pipeline, followed(pipeline, sidecar_suffix=None))
    assert configured() == 0
    for _ in range(2):
        sync(pipeline, followed(pipeline))
    assert configured() == 1


@pytest.mark.parametrize("is_synced", [True, False])
def test_a_folder_that_follows_something_else_is_refused(pipeline: Pipeline, *, is_synced: bool) -> None:
    if is_synced:
        sync(pipeline, followed(pipeline, "elsewhere/"))
    else:
        pipeline.sandbox.client().create_storage_folder(FOLDER)

    problem = "follows http.*/elsewhere/;" if is_synced else "is an ordinary one"
    with pytest.raises(BadSource, match=problem):
        begin(pipeline, followed(pipeline))


def test_an_integration_is_needed(pipeline: Pipeline) -> None:
    with pytest.raises(NotFound, match="no integration 'gcs': the key may use 's3'"):
        begin(pipeline, CloudFolder(FOLDER, pipeline.bucket.url(""), "gcs"))


def test_a_bucket_that_cannot_be_listed_is_no_success(pipeline: Pipeline) -> None:
    nowhere = CloudFolder(FOLDER, f"{pipeline.bucket.server.endpoint}/no-such-bucket/", "s3")

    with pytest.raises(UploadFailed, match=r"ended error\n.*pages of the bucket's listing could not be read"):
        sync(pipeline, nowhere)


def test_more_refused_files_than_allowed_are_no_success(pipeline: Pipeline) -> None:
    pipeline.bucket.put("good.png", media.image())
    pipeline.bucket.put("bad.png", b"only words")

    assert sync(pipeline, followed(pipeline), max_failed=0.5).refused == 1
    pipeline.bucket.put("bad.png", b"other words")
    with pytest.raises(TooManyRefused, match="1 objects were refused; the run allows 0"):
        sync(pipeline, followed(pipeline), max_failed=0)

"""A receipt that does not close names what keeps it open."""

import json
from uuid import UUID

from tests import media
from tests.unit.ingestion.conftest import Pipeline


def left_open(pipeline: Pipeline, run: str = "run") -> dict[str, tuple[str, str]]:
    """Return fate and reason of each object that the stored receipt of a run calls open, by file name."""
    account = pipeline.account(run)
    written = json.loads(b"".join(account.pieces()))
    assert len(written["open"]) == account.discovered - account.accounted
    return {entry["key"].rpartition("/")[2]: (entry["fate"], entry["reason"]) for entry in written["open"]}


def test_every_object_whose_fate_is_not_known_is_named_with_where_it_was_left(pipeline: Pipeline) -> None:
    for number in range(3):
        pipeline.bucket.put(f"{number}.png", media.image(shade=number))
    pipeline.sandbox.hold_jobs()
    planned, submitted, cancelled = pipeline.build(units_per_job=1)
    job = pipeline.submit(submitted)
    stopped = pipeline.submit(cancelled)
    folder = pipeline.ledger.manifests.get(cancelled).folder_uuid
    assert stopped
    pipeline.sandbox.client().get_storage_folder(UUID(folder)).add_data_to_folder_job_cancel(UUID(stopped))
    pipeline.settle(stopped)

    assert left_open(pipeline) == {
        "0.png": ("planned", f"it is in manifest {planned}, of which no upload job is known"),
        "1.png": ("submitted", f"its upload job {job} is not settled"),
        "2.png": (
            "new",
            "it is in no manifest: the task that builds them failed, or its upload job was cancelled",
        ),
    }


def test_nothing_is_left_open_once_the_account_closes(pipeline: Pipeline) -> None:
    pipeline.bucket.put("a.png", media.image())
    pipeline.bucket.put("empty.png", b"")

    assert pipeline.ingest().closed
    assert left_open(pipeline) == {}

"""What became of each unit of a finished job."""

from uuid import UUID

from encord_provider.ingestion.receipt import receipt
from tests import media
from tests.unit.ingestion.conftest import Pipeline


def test_refused_units_go_to_quarantine_in_encords_words(pipeline: Pipeline) -> None:
    pipeline.bucket.put("good.png", media.image())
    pipeline.bucket.put("lie.jpg", b"only words")

    account = pipeline.ingest()

    assert (account.registered, account.quarantined, account.closed) == (1, 1, True)
    (entry,) = account.quarantine
    assert entry.reason.startswith("Expected an image, got a file of type")


def test_settling_twice_changes_nothing(pipeline: Pipeline) -> None:
    pipeline.bucket.put("good.png", media.image())
    pipeline.bucket.put("lie.jpg", b"only words")
    (manifest,) = pipeline.build()
    job = pipeline.submit(manifest)

    assert pipeline.settle(job) == pipeline.settle(job)
    assert receipt(pipeline.run()).closed


def test_an_item_that_was_in_the_folder_before_counts_as_registered(pipeline: Pipeline) -> None:
    url = pipeline.bucket.put("there.png", media.image())
    client = pipeline.sandbox.client()
    folder = client.create_storage_folder("fleet")
    (integration,) = client.get_cloud_integrations()
    job = folder.add_private_data_to_folder_start(integration.id, {"images": [{"objectUrl": url}]})
    folder.add_private_data_to_folder_get_result(job)

    account = pipeline.ingest()

    assert account.closed
    assert account.registered + account.already == 1
    assert len(pipeline.items()) == 1


def test_what_a_cancelled_job_did_not_reach_is_registered_by_the_next_run(pipeline: Pipeline) -> None:
    pipeline.bucket.put("a.png", media.image())
    pipeline.sandbox.hold_jobs()
    (manifest,) = pipeline.build("first")
    job = pipeline.submit(manifest, "first")
    record = pipeline.ledger.manifests.get(manifest)
    folder = pipeline.sandbox.client().get_storage_folder(UUID(record.folder_uuid))
    folder.add_data_to_folder_job_cancel(UUID(job))
    pipeline.settle(job)
    assert not receipt(pipeline.run("first")).closed

    pipeline.sandbox.hold_jobs(held=False)
    second = pipeline.ingest("second")

    assert (second.registered, second.closed) == (1, True)


def test_the_log_of_failed_files_names_each_with_its_cause_and_a_remedy(pipeline: Pipeline) -> None:
    pipeline.bucket.put("lie.jpg", b"only words")
    pipeline.bucket.put("odd.xyz", b"?")

    lines = b"".join(pipeline.ingest().failed_files()).decode().splitlines()

    assert lines[0] == "key,url,version,reason,cause,remedy"
    assert [line.rpartition(",wrong kind,")[1] for line in lines[1:]] == [",wrong kind,"] * 2

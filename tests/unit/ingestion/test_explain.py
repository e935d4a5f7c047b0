"""Why a file is, or is not, in the dataset: the first broken link is the true one."""

import time
from dataclasses import replace

import pytest

from encord_provider.ingestion.explain import Explanation, Link
from encord_provider.ingestion.link import link_folder
from encord_provider.ingestion.run import Task
from encord_provider.manifest.ingestion import Ingestion
from tests import media
from tests.unit.ingestion.conftest import FOLDER, Pipeline

DATASET = "fleet-labelling"


def explained(pipeline: Pipeline, key: str, **ingestion: object) -> dict[str, Link]:
    """Explain a key of the test's prefix."""
    run = pipeline.run("explain")
    changed = Ingestion.model_validate(run.ingestion.model_dump() | ingestion)
    explanation = Explanation(
        replace(run, ingestion=changed), pipeline.api, pipeline.source, pipeline.bucket.prefix + key, DATASET
    )
    assert explanation.url == pipeline.bucket.url(key)
    links = list(explanation.links())
    assert all(link.remedy for link in links if not link.holds)
    return {link.place: link for link in links}


def broken(pipeline: Pipeline, key: str, **ingestion: object) -> tuple[str, str]:
    """Return the first broken link, and what is said of it."""
    links = explained(pipeline, key, **ingestion)
    return next((place, link.said) for place, link in links.items() if not link.holds)


@pytest.fixture
def fleet(pipeline: Pipeline) -> Pipeline:
    """Register and link two images."""
    for shade in range(2):
        pipeline.bucket.put(f"{shade}.png", media.image(shade=shade))
    pipeline.ingest("dag/nightly")
    link_folder(pipeline.ledger, pipeline.api, FOLDER, DATASET, Task("run", "link"))
    return pipeline


def test_of_a_file_that_landed_every_link_holds_and_names_run_manifest_job_and_item(fleet: Pipeline) -> None:
    links = explained(fleet, "0.png")

    assert list(links) == ["bucket", "filters", "ledger", "folder", "dataset"]
    assert all(link.holds for link in links.values())
    (entry,) = fleet.ledger.entries.of_url(fleet.run().target, fleet.bucket.url("0.png"))
    assert entry.manifest is not None
    assert entry.job_uuid is not None
    for named in ("dag/nightly", entry.manifest, entry.job_uuid, entry.item_uuid):
        assert str(named) in links["ledger"].said


def test_a_file_that_is_not_there_or_is_left_out(fleet: Pipeline) -> None:
    fleet.bucket.put("a.tmp", b"not wanted")
    fleet.bucket.put("young.png", media.image(shade=9))

    assert broken(fleet, "absent.png")[0] == "bucket"
    assert broken(fleet, "a.tmp") == ("filters", "an exclude glob matches a.tmp")
    assert broken(fleet, "0.png", include=("*.jpg",)) == ("filters", "no include glob matches 0.png")
    place, said = broken(fleet, "young.png", settle_seconds=3600)
    assert (place, said[:14]) == ("filters", "it settles in ")


def test_a_file_that_no_run_has_taken_up(fleet: Pipeline) -> None:
    time.sleep(1.1)  # the store tells whole seconds
    fleet.bucket.put("late.png", media.image(shade=9))

    place, said = broken(fleet, "late.png")
    assert (place, "by dag/nightly, before it was written" in said) == ("ledger", True)
    place, said = broken(fleet, "late.png", folder="another")
    assert (place, "no run into this folder" in said) == ("ledger", True)


def test_a_file_on_its_way_or_in_quarantine(fleet: Pipeline) -> None:
    fleet.bucket.put("empty.png", b"")
    fleet.bucket.put("late.png", media.image(shade=9))
    (manifest,) = fleet.build("dies")

    place, said = broken(fleet, "late.png")
    assert (place, said.startswith("planned since"), manifest in said) == ("ledger", True, True)
    place, said = broken(fleet, "empty.png")
    assert (place, said.startswith("in quarantine: the object is empty;")) == ("ledger", True)
    fleet.sandbox.hold_jobs()
    job = fleet.submit(manifest, "dies")
    place, said = broken(fleet, "late.png")
    assert (place, said.startswith("submitted"), str(job) in said) == ("ledger", True, True)
    fleet.sandbox.hold_jobs(held=False)


def test_a_file_whose_item_or_row_is_gone(fleet: Pipeline) -> None:
    client = fleet.sandbox.client()
    (folder,) = client.find_storage_folders(search=FOLDER)
    first, second = sorted(folder.list_items(), key=lambda item: item.name)
    folder.delete_storage_items([first.uuid])
    second.move_to_folder(client.create_storage_folder("elsewhere").uuid)
    fleet.bucket.put("late.png", media.image(shade=9))
    fleet.ingest("after")

    place, said = broken(fleet, "0.png")
    assert (place, said.startswith("Encord has no item")) == ("folder", True)
    place, said = broken(fleet, "1.png")
    assert (place, "another folder" in said) == ("folder", True)
    assert broken(fleet, "late.png")[0] == "dataset"


def test_a_file_that_was_overwritten_is_in_the_dataset_with_its_old_version(fleet: Pipeline) -> None:
    fleet.bucket.put("0.png", media.image(shade=99))
    fleet.ingest("after")

    links = explained(fleet, "0.png")

    assert links["ledger"].said.startswith("changed: version ")
    assert links["dataset"].holds


def test_an_item_that_the_ledger_has_lost_is_found_all_the_same(fleet: Pipeline) -> None:
    run = fleet.run()
    fleet.ledger.entries.forget(run.target, [fleet.bucket.url("0.png")])

    links = explained(fleet, "0.png")

    assert (links["ledger"].holds, links["folder"].holds, links["dataset"].holds) == (False, True, True)

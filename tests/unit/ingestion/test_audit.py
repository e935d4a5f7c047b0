"""Bucket, ledger, folder and dataset: what drifts apart is found, and nothing is made up."""

import json
from uuid import UUID

import pytest
from encord.orm.storage import DataUploadItems

from encord_provider.ingestion.audit import REMEDIES, DriftKind, audit
from encord_provider.ingestion.link import link_folder
from encord_provider.ingestion.run import Task
from tests import media
from tests.unit.ingestion.conftest import FOLDER, Pipeline

GROUPS = r"(?P<unit>.*/groups/[^/]+)/"
DATASET = "fleet-labelling"

JUDGE_ALL = -60
"""Seconds: even what is of the present moment counts, as no audit of a user's has it."""


def found(
    pipeline: Pipeline, dataset: str | None = DATASET, in_flight: float = JUDGE_ALL
) -> set[tuple[str, str]]:
    """Audit, and return kind and name of each drift, the name without the test's prefix."""
    run = pipeline.run("audit")
    with audit(run, pipeline.api, pipeline.source, dataset, in_flight) as audited:
        drifts = list(audited.drifts())
    assert len({drift.as_json() for drift in drifts}) == len(drifts), "a drift is told twice"
    return {(drift.kind, drift.name.removeprefix(pipeline.bucket.prefix)) for drift in drifts}


def item_of(pipeline: Pipeline, name: str) -> UUID:
    (uuid,) = [item.uuid for item in pipeline.items() if item.name == pipeline.bucket.prefix + name]
    return UUID(str(uuid))


@pytest.fixture
def fleet(pipeline: Pipeline) -> Pipeline:
    """Register and link four images and two groups of two."""
    for shade in range(4):
        pipeline.bucket.put(f"{shade}.png", media.image(shade=shade))
        pipeline.bucket.put(f"groups/{shade % 2}/{shade}.png", media.image(shade=shade + 10))
    pipeline.bucket.put("left-out.tmp", b"not wanted")
    pipeline.bucket.put("empty.png", b"")
    grouped = pipeline.grouped(image_groups=GROUPS)
    account = grouped.ingest()
    assert (account.registered, account.quarantined, account.excluded) == (8, 1, 1)
    link_folder(grouped.ledger, grouped.api, FOLDER, DATASET, Task("run", "link"))
    return grouped


def test_a_clean_state_has_no_drift(fleet: Pipeline) -> None:
    assert found(fleet) == set()
    assert found(fleet, dataset=None) == set()


@pytest.mark.slow
def test_what_was_compared_is_counted(fleet: Pipeline) -> None:
    with audit(fleet.run(), fleet.api, fleet.source, DATASET, JUDGE_ALL) as audited:
        assert audited.sizes == {"objects": 10, "entries": 9, "items": 6, "data_rows": 6}


def test_an_object_that_no_run_has_seen(fleet: Pipeline) -> None:
    fleet.bucket.put("late.png", media.image(shade=99))
    fleet.bucket.put("late.tmp", b"not wanted")

    assert found(fleet) == {("never_seen", "late.png")}


@pytest.mark.slow
@pytest.mark.parametrize("run_after", [False, True])
def test_an_object_that_was_overwritten(fleet: Pipeline, run_after: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    fleet.bucket.put("0.png", media.image(shade=99))
    if run_after:
        fleet.ingest("after")

    assert found(fleet) == {("overwritten", "0.png")}


def test_an_object_that_is_gone(fleet: Pipeline) -> None:
    fleet.bucket.delete("0.png")
    fleet.bucket.delete("groups/1/1.png")

    assert found(fleet) == {("object_gone", "0.png"), ("object_gone", "groups/1/1.png")}


def test_an_item_that_is_gone_and_its_row_with_it(fleet: Pipeline) -> None:
    (folder,) = fleet.sandbox.client().find_storage_folders(search=FOLDER)
    folder.delete_storage_items([item_of(fleet, "0.png"), item_of(fleet, "groups/0")])

    assert {drift for drift in found(fleet) if drift[0] == "item_gone"} == {
        ("item_gone", "0.png"),
        ("item_gone", "groups/0/0.png"),
        ("item_gone", "groups/0/2.png"),
    }


@pytest.mark.slow
def test_items_that_the_ledger_does_not_know(fleet: Pipeline) -> None:
    for key in ("by-hand.png", "a.png", "b.png"):
        fleet.bucket.put(key, media.image(shade=70))
    register(fleet, images=["by-hand.png"], groups={"a group by hand": ["a.png", "b.png"]})

    assert {name for kind, name in found(fleet, dataset=None) if kind == "foreign_item"} == {
        "by-hand.png",
        "a group by hand",
    }


def test_two_items_of_one_object_or_of_the_same_objects(fleet: Pipeline) -> None:
    register(fleet, images=["0.png"], groups={"again": ["groups/0/0.png", "groups/0/2.png"]})

    assert found(fleet, dataset=None) == {("duplicate", "0.png"), ("duplicate", "again")}


@pytest.mark.slow
def test_items_without_a_row_and_rows_without_an_item(fleet: Pipeline) -> None:
    client = fleet.sandbox.client()
    elsewhere = client.create_storage_folder("elsewhere")
    client.get_storage_item(item_of(fleet, "0.png")).move_to_folder(elsewhere.uuid)
    fleet.bucket.put("late.png", media.image(shade=99))
    fleet.ingest("after")

    assert found(fleet) == {("item_gone", "0.png"), ("row_without_item", "0.png"), ("not_linked", "late.png")}


@pytest.mark.slow
@pytest.mark.parametrize("submitted", [False, True])
def test_objects_that_a_run_left_on_the_way(fleet: Pipeline, submitted: bool) -> None:  # noqa: FBT001 - as above
    fleet.bucket.put("late.png", media.image(shade=99))
    (manifest,) = fleet.build("dies")
    if submitted:
        fleet.sandbox.hold_jobs()
        fleet.submit(manifest, "dies")

    assert found(fleet) == {("stuck", "late.png")}
    fleet.sandbox.hold_jobs(held=False)


@pytest.mark.slow
def test_what_is_on_the_way_is_no_drift(fleet: Pipeline) -> None:
    fleet.bucket.put("late.png", media.image(shade=99))
    assert found(fleet, in_flight=60) == set()
    (manifest,) = fleet.build("lives")
    assert found(fleet, in_flight=60) == set()
    fleet.settle(fleet.submit(manifest, "lives"))
    assert found(fleet, in_flight=60) == set()


@pytest.mark.slow
def test_every_kind_has_a_remedy_that_its_line_tells(fleet: Pipeline) -> None:
    assert set(REMEDIES) == set(DriftKind)
    fleet.bucket.delete("0.png")

    with audit(fleet.run(), fleet.api, fleet.source, DATASET, JUDGE_ALL) as audited:
        (drift,) = audited.drifts()

    told = json.loads(drift.as_json())
    assert told["remedy"] == REMEDIES[DriftKind.OBJECT_GONE]
    assert told["url"] == fleet.bucket.url("0.png")
    assert str(drift).startswith("object_gone: ")


def register(pipeline: Pipeline, images: list[str], groups: dict[str, list[str]]) -> None:
    """Register objects past the provider, as a person does by hand."""
    client = pipeline.sandbox.client()
    (folder,) = client.find_storage_folders(search=FOLDER)
    (integration,) = client.get_cloud_integrations()
    prefix = pipeline.bucket.prefix
    upload = DataUploadItems.from_dict(
        {
            "images": [{"objectUrl": pipeline.bucket.url(key), "title": prefix + key} for key in images],
            "imageGroups": [
                {"images": [{"url": pipeline.bucket.url(key)} for key in keys], "title": prefix + title}
                for title, keys in groups.items()
            ],
        }
    )
    job = folder.add_private_data_to_folder_start(integration.id, upload)
    result = folder.add_private_data_to_folder_get_result(job)
    assert not result.unit_errors

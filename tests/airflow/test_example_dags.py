"""The example DAGs, run as they stand in the repository."""

import json
from collections import Counter
from pathlib import Path

from demo.corpus import METADATA_TABLE, PREFIX
from encord_provider.buckets.location import Location
from tests.airflow.conftest import World, returned_by, run_tasks
from tests.bucket import Bucket


def ingest(world: World) -> dict[str, object]:
    """Run `nightly_ingest` over the corpus and return its receipt."""
    bucket = f"s3://{world.bucket}"
    conf = {
        "bucket": bucket,
        "prefix": PREFIX,
        "wait_minutes": 0,
        "metadata_table": f"{bucket}/{METADATA_TABLE}",
    }
    receipt: dict[str, object] = world.run("nightly_ingest", conf)["receipt"]
    return receipt


def test_the_corpus_lands_whole_and_its_receipt_closes(world: World) -> None:
    receipt = ingest(world)

    counts = {name: receipt[name] for name in ("registered", "already", "excluded", "quarantined", "pending")}
    assert counts == {
        "registered": len(world.corpus.must_land),
        "already": 0,
        "excluded": len(world.corpus.excluded),
        "quarantined": len(world.corpus.poison),
        "pending": 0,
    }
    assert receipt["discovered"] == len(world.corpus)
    assert receipt["closed"] is True


def test_each_poison_object_is_named_in_the_receipt_with_its_reason(world: World) -> None:
    uri = str(ingest(world)["uri"])

    location = Location.parse(uri)
    quarantine = json.loads(Path(location.bucket, location.path).read_bytes())["quarantine"]

    assert {entry["key"] for entry in quarantine} == {bad.source.key for bad in world.corpus.poison}
    assert all(entry["reason"] for entry in quarantine)


def test_items_rows_and_metadata_are_in_encord_each_once(world: World) -> None:
    ingest(world)

    client = world.sandbox.client()
    (folder,) = client.find_storage_folders(search="fleet")
    items = list(folder.list_items())
    dataset = client.get_dataset(client.get_datasets(title_eq="fleet-labelling")[0]["dataset"].dataset_hash)
    landed = Counter(item.item_type.value for item in items)

    assert landed == Counter(unit.item_type for unit in world.corpus.units)
    assert {row.backing_item_uuid for row in dataset.list_data_rows()} == {item.uuid for item in items}
    described = {unit.sources[0].key for unit in world.corpus.units if unit.metadata}
    assert {item.name for item in items if item.client_metadata} == described


def test_a_second_run_registers_nothing_and_says_so(world: World) -> None:
    first = ingest(world)
    second = ingest(world)

    assert second["registered"] == 0
    assert second["already"] == first["registered"]
    assert (second["linked"], second["metadata"]) == (0, 0)
    assert second["closed"] is True


def test_the_tables_of_all_days_are_left_out_when_the_whole_bucket_is_compared(world: World) -> None:
    whole = {"bucket": f"s3://{world.bucket}", "prefix": "", "wait_minutes": 0}

    receipt = world.run("nightly_ingest", whole)["receipt"]

    (folder,) = world.sandbox.client().find_storage_folders(search="fleet")
    assert receipt["registered"] == len(world.corpus.must_land)
    assert [item.name for item in folder.list_items() if "metadata" in item.name] == []


def test_a_first_night_on_which_nothing_comes_says_so(small_world: World, bucket: Bucket) -> None:
    conf = {"bucket": f"s3://{bucket.name}", "prefix": bucket.prefix, "wait_minutes": 0}

    receipt = small_world.run("nightly_ingest", conf)["receipt"]

    assert receipt["closed"] is True
    assert (receipt["discovered"], receipt["linked"]) == (0, 0)


def test_a_run_waits_in_the_trigger_while_jobs_run(world: World) -> None:
    world.sandbox.pace(units_per_second=10)  # the corpus takes more than one poll

    receipt = ingest(world)

    assert receipt["closed"] is True
    polls = [
        seen for seen in world.sandbox.requests if "/data-upload-jobs/" in seen.path and seen.method == "GET"
    ]
    assert len(polls) > 2, "the first look, at least one poll of the trigger, and the last look"


def test_the_metadata_schema_becomes_as_the_dag_declares_it(world: World) -> None:
    planned = world.run("metadata_schema", {})["schema"]
    applied = world.run("metadata_schema", {"mode": "apply"})["schema"]
    checked = world.run("metadata_schema", {"mode": "check"})["schema"]

    assert planned == applied == {"changes": 4, "impossible": 0, "undeclared": 0}
    assert checked["changes"] == 0
    assert world.sandbox.client().metadata_schema().get_enum_options("fleet.weather") == [
        "fog",
        "rain",
        "sun",
    ]


def test_what_an_upsert_changed_can_be_taken_back(world: World) -> None:
    from encord_provider.operators.metadata import EncordUndoMetadataOperator

    ingest(world)
    client = world.sandbox.client()
    (folder,) = client.find_storage_folders(search="fleet")
    before = {item.uuid: item.client_metadata for item in folder.list_items()}
    for item in folder.list_items():
        item.update(client_metadata={})
    changes = world.run("upsert_metadata", {"table": f"s3://{world.bucket}/{METADATA_TABLE}"})["describe"][
        "changes"
    ]
    assert {item.uuid: item.client_metadata for item in folder.list_items()} == before

    undone = returned_by(
        run_tasks(lambda: EncordUndoMetadataOperator(task_id="undo", changes=changes))["undo"]
    )

    assert undone == {"undone": sum(map(bool, before.values())), "kept": 0}
    assert not any(item.client_metadata for item in folder.list_items())


def test_the_smallest_dag_makes_label_ready_rows(world: World) -> None:
    returned = world.run("first_upload", {})

    client = world.sandbox.client()
    (folder,) = client.find_storage_folders(search="fleet")
    assert returned["link"]["linked"] == len(list(folder.list_items())) > 0


def test_the_folder_is_linked_and_described_by_dags_of_their_own(world: World) -> None:
    ingest(world)

    linked = world.run("link_folder_to_dataset", {"dataset": "second opinion"})["link"]
    described = world.run("upsert_metadata", {"table": f"s3://{world.bucket}/{METADATA_TABLE}"})["describe"]

    assert linked["linked"] == len(world.corpus.units)
    assert described == {
        "updated": 0,
        "unchanged": sum(bool(unit.metadata) for unit in world.corpus.units),
        "unmatched": 0,
        "conflicts": 0,
        "changes": None,
    }

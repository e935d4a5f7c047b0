"""The example DAGs that see and recover, run as they stand in the repository."""

import json
import os
from pathlib import Path

import pytest

from demo.corpus import PREFIX
from encord_provider.buckets.location import Location
from tests.airflow.conftest import World, dag_of


def ingest(world: World) -> dict[str, object]:
    """Run `nightly_ingest` over the corpus and return its receipt."""
    conf = {"bucket": f"s3://{world.bucket}", "prefix": PREFIX, "wait_minutes": 0}
    receipt: dict[str, object] = world.run("nightly_ingest", conf)["receipt"]
    return receipt


@pytest.mark.slow
def test_the_audit_of_a_clean_state_finds_nothing(world: World) -> None:
    ingest(world)

    found = world.run("weekly_audit", {})["audit"]

    assert (found["drifts"], found["kinds"]) == (0, {})


def test_an_audit_that_finds_drift_fails_and_names_it(world: World, tmp_path: Path) -> None:
    ingest(world)
    (folder,) = world.sandbox.client().find_storage_folders(search="fleet")
    gone = next(item for item in folder.list_items() if item.url)
    folder.delete_storage_items([gone.uuid])

    dag_run = dag_of("weekly_audit").test()

    assert dag_run.state == "failed"
    (report,) = (tmp_path / "storage" / "audits").rglob("*.jsonl")
    (drift,) = [
        line for line in map(json.loads, report.read_text().splitlines()) if line["kind"] == "item_gone"
    ]
    assert (drift["item"], drift["url"]) == (str(gone.uuid), gone.url)


@pytest.mark.slow
def test_after_a_rebuild_a_lost_ledger_is_not_missed(world: World) -> None:
    first = ingest(world)
    location = Location.parse(os.environ["AIRFLOW__ENCORD__LEDGER_URL"].replace("sqlite:///", "file://"))
    Path(location.bucket, location.path).unlink()

    rebuilt = world.run("rebuild_ledger", {"source": f"s3://{world.bucket}/{PREFIX}"})["rebuild"]
    second = ingest(world)

    assert rebuilt["restored"] == first["registered"]
    assert (second["registered"], second["already"], second["closed"]) == (0, first["registered"], True)

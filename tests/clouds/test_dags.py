"""Every example DAG on every cloud: the files as they stand, only the bucket's URI in them is another."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from encord.orm.storage import StorageItemType

from demo.corpus import BUCKET, CORPUS, METADATA_TABLE, PREFIX
from tests import media
from tests.airflow.conftest import DAGS
from tests.airflow.test_embeddings import Places, parquet
from tests.clouds.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = datetime(2026, 11, 21, tzinfo=UTC)
"""A day of which the corpus has nothing."""


def ingest(world: World, **conf: object) -> dict[str, Any]:
    """Run `nightly_ingest` over the corpus and return its receipt."""
    receipt: dict[str, Any] = world.run("nightly_ingest", {"prefix": PREFIX, "wait_minutes": 0, **conf})[
        "receipt"
    ]
    return receipt


def first_upload(world: World) -> None:
    returned = world.run("first_upload")

    assert returned["link"]["linked"] == len(world.items()) > 0
    urls = [item.url for item in world.items() if item.url]
    assert len(urls) > 10
    assert all(url.startswith(world.cloud.root_url(BUCKET)) for url in urls)


def nightly_ingest(world: World) -> None:
    first = ingest(world, metadata_table=f"{world.bucket}/{METADATA_TABLE}")
    second = ingest(world)

    names = ("discovered", "registered", "excluded", "quarantined", "pending", "closed")
    assert {name: first[name] for name in names} == {
        "discovered": len(CORPUS),
        "registered": len(CORPUS.must_land),
        "excluded": len(CORPUS.excluded),
        "quarantined": len(CORPUS.poison),
        "pending": 0,
        "closed": True,
    }
    assert first["metadata"] == sum(bool(unit.metadata) for unit in CORPUS.units)
    assert first["uri"].startswith(f"{world.cloud.scheme}://contract/")
    assert (second["registered"], second["already"], second["closed"]) == (0, len(CORPUS.must_land), True)


def link_folder_to_dataset(world: World) -> None:
    ingest(world)

    linked = world.run("link_folder_to_dataset", {"dataset": "second opinion"})["link"]

    assert linked["linked"] == len(CORPUS.units)


def upsert_metadata(world: World) -> None:
    ingest(world)
    table = f"{world.bucket}/{METADATA_TABLE}"

    first = world.run("upsert_metadata", {"table": table})["describe"]
    second = world.run("upsert_metadata", {"table": table})["describe"]

    described = {unit.sources[0].key for unit in CORPUS.units if unit.metadata}
    assert (first["updated"], first["unmatched"]) == (len(described), 0)
    assert (second["updated"], second["unchanged"]) == (0, len(described))
    assert {item.name for item in world.items() if item.client_metadata} == described


def metadata_schema(world: World) -> None:
    applied = world.run("metadata_schema", {"mode": "apply"})["schema"]
    checked = world.run("metadata_schema", {"mode": "check"})["schema"]

    assert (applied["changes"], checked["changes"]) == (4, 0)


def described_drives(world: World) -> None:
    drive = f"{DAY:%Y-%m-%d}/north/drive-07/front"
    for number in range(2):
        world.put(f"{drive}/{number:03}.jpg", media.image("jpeg", shade=number))
    world.put(f"{DAY:%Y-%m-%d}/weather.csv", f"key,weather\n{drive}/000.jpg,rain\n".encode())

    receipt = world.run("described_drives", {"day": f"{DAY:%Y-%m-%d}"})["receipt"]

    assert (receipt["registered"], receipt["excluded"], receipt["closed"]) == (2, 1, True)
    (sequence,) = world.items("drives")
    assert sequence.name == f"{DAY:%Y-%m-%d} north drive 07, front"
    assert sequence.client_metadata
    assert sequence.client_metadata["weather"] == "rain"


def scans_by_visit(world: World) -> None:
    for number in (1, 2, 3):
        world.put(f"scans/visit-0007-of-3/IM{number:04}", media.dicom(number))
    world.put("scans/visit-0008-of-3/IM0001", media.dicom(1, study="1.2.3"))

    receipt = world.run("scans_by_visit", {"source": f"{world.bucket}/scans/"})["receipt"]

    assert (receipt["registered"], receipt["pending"], receipt["closed"]) == (3, 1, True)
    assert [item.name for item in world.items("scans")] == ["scans/visit-0007-of-3"]


def after_sensor(world: World) -> None:
    name = {"s3": "after_stock_sensor", "gs": "after_gcs_sensor", "az": "after_azure_sensor"}
    urls = {world.put(f"{DAY:%Y-%m-%d}/{shade}.png", media.image(shade=shade)) for shade in (1, 2)}
    world.put(f"{DAY:%Y-%m-%d}/_SUCCESS", b"")

    returned = world.run(name[world.cloud.scheme], logical_date=DAY)

    assert returned["registered"]["registered"] == len(urls)
    assert {item.url for item in world.items()} == urls


def rebuild_ledger(world: World) -> None:
    ingest(world)
    (world.directory / "ledger.db").unlink()

    rebuilt = world.run("rebuild_ledger", {"source": f"{world.bucket}/"})["rebuild"]
    after = ingest(world)

    assert rebuilt["restored"] == len(CORPUS.must_land)
    assert (after["registered"], after["already"]) == (0, len(CORPUS.must_land))


def weekly_audit(world: World) -> None:
    ingest(world)
    edits = {'dataset="fleet-labelling",': 'dataset="fleet-labelling", in_flight_minutes=-1,'}

    clean = world.run("weekly_audit", edits=edits)["audit"]
    world.put("2026-11-21/late.png", media.image())
    drifted = world.ended("weekly_audit", edits=edits)

    assert (clean["drifts"], clean["kinds"]) == (0, {})
    assert drifted.state == "failed"


def prepare_labels(world: World) -> None:
    ingest(world)

    returned = world.run("prepare_labels", {"form": "parquet"})

    assert returned["prepare"]["rows"] == len(CORPUS.units)
    assert returned["prepare"]["objects"] == len(CORPUS.must_land)
    assert returned["prepare"]["table"].startswith(f"{world.cloud.scheme}://contract/")


def replay_quarantine(world: World) -> None:
    first = ingest(world)
    conf: dict[str, object] = {"source": f"{world.bucket}/{PREFIX}", "keys": [f"{PREFIX}**"]}

    seen = world.run("replay_quarantine", conf)["replay"]
    replayed = world.run("replay_quarantine", conf | {"preview": False})["replay"]
    after = ingest(world)

    assert (seen["found"], seen["replayed"]) == (first["quarantined"], 0)
    assert replayed["replayed"] == first["quarantined"] == len(CORPUS.poison)
    outcome = (after["registered"], after["quarantined"], after["closed"])
    assert outcome == (0, len(CORPUS.poison), True), "nothing was mended"


def cloud_synced_folder(world: World) -> None:
    urls = {world.put(f"live/{shade}.png", media.image(shade=shade)) for shade in (1, 2)}

    first = world.run("cloud_synced_folder", {"remote_url": f"{world.cloud.root_url(BUCKET)}live/"})
    second = world.run("cloud_synced_folder", {"remote_url": f"{world.cloud.root_url(BUCKET)}live/"})

    assert (first["sync"]["registered"], first["link"]["linked"]) == (2, 2)
    assert (second["sync"]["registered"], second["link"]["linked"]) == (0, 0)
    assert {item.url for item in world.items("fleet-live")} == urls


def embeddings(world: World) -> None:
    ingest(world)
    titles = sorted(item.name for item in world.items() if item.item_type == StorageItemType.IMAGE)
    vectors: Places = {(title, None): [float(number), 0.5] for number, title in enumerate(titles)}
    world.put("clip.parquet", parquet(vectors))

    first = world.run("embeddings", {"vectors": f"{world.bucket}/clip.parquet"})["embed"]
    second = world.run("embeddings", {"vectors": f"{world.bucket}/clip.parquet"})["embed"]

    assert (first["items"], second["items"], second["unchanged"]) == (len(titles), 0, len(titles))


def on_events(world: World) -> None:
    name = {"s3": "on_s3_events", "gs": "on_gcs_events", "az": "on_azure_events"}[world.cloud.scheme]

    first, second = world.run(name), world.run(name)

    assert first["link"]["linked"] == len(world.items()) > 0
    assert second["manifests"] == [], "a second message of the same objects registers nothing"


EXAMPLES: "dict[str, Callable[[World], None]]" = {
    "first_upload": first_upload,
    "nightly_ingest": nightly_ingest,
    "link_folder_to_dataset": link_folder_to_dataset,
    "upsert_metadata": upsert_metadata,
    "metadata_schema": metadata_schema,
    "described_drives": described_drives,
    "scans_by_visit": scans_by_visit,
    "after_stock_sensor": after_sensor,
    "rebuild_ledger": rebuild_ledger,
    "weekly_audit": weekly_audit,
    "prepare_labels": prepare_labels,
    "replay_quarantine": replay_quarantine,
    "cloud_synced_folder": cloud_synced_folder,
    "embeddings": embeddings,
    "on_s3_events": on_events,
}
"""What each DAG must do, wherever the bucket is."""

OF_ONE_CLOUD = {
    "after_gcs_sensor": "after_stock_sensor",
    "after_azure_sensor": "after_stock_sensor",
    "on_gcs_events": "on_s3_events",
    "on_azure_events": "on_s3_events",
}
"""A DAG with a sensor or a queue of one cloud, to the DAG of S3 whose counterpart it is."""


def test_every_example_dag_is_run_on_every_cloud() -> None:
    files = {file.stem for file in DAGS.rglob("*.py")}

    assert files == EXAMPLES.keys() | OF_ONE_CLOUD.keys(), "say above what a new DAG must do on each cloud"


# those of S3 run in tests/airflow as well, and the minutes of the README's command are few
@pytest.mark.slow
@pytest.mark.parametrize("cloud", ["s3", "otc", "gcs", "azure"], indirect=True)
@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_dag_does_its_work_on_each_cloud(example: str, world: World) -> None:
    EXAMPLES[example](world)


@pytest.mark.parametrize("cloud", ["gcs"], indirect=True)
def test_the_smallest_dag_does_its_work_on_another_cloud_than_s3(world: World) -> None:
    first_upload(world)

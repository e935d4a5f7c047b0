"""The example DAGs on every cloud: only the bucket's URI in them is another."""

from typing import Any

import pytest

from demo.corpus import BUCKET, CORPUS, METADATA_TABLE, PREFIX
from tests.clouds.world import World

# those of S3 run in tests/airflow as well, and the minutes of the README's command are few
pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("cloud", ["s3", "otc", "gcs", "azure"], indirect=True),
]


def ingest(world: World) -> dict[str, Any]:
    """Run `nightly_ingest` over the corpus and return its receipt."""
    conf = {"prefix": PREFIX, "wait_minutes": 0, "metadata_table": f"{world.bucket}/{METADATA_TABLE}"}
    receipt: dict[str, Any] = world.run("nightly_ingest", conf)["receipt"]
    return receipt


def test_the_corpus_lands_whole_once_and_can_be_linked_and_described_again(world: World) -> None:
    first = ingest(world)
    second = ingest(world)
    linked = world.run("link_folder_to_dataset", {"dataset": "second opinion"})["link"]
    described = world.run("upsert_metadata", {"table": f"{world.bucket}/{METADATA_TABLE}"})["describe"]

    names = ("discovered", "registered", "excluded", "quarantined", "pending", "closed")
    assert {name: first[name] for name in names} == {
        "discovered": len(CORPUS),
        "registered": len(CORPUS.must_land),
        "excluded": len(CORPUS.excluded),
        "quarantined": len(CORPUS.poison),
        "pending": 0,
        "closed": True,
    }
    assert first["uri"].startswith(f"{world.cloud.scheme}://contract/")
    assert (second["registered"], second["already"], second["closed"]) == (0, len(CORPUS.must_land), True)
    assert linked["linked"] == len(CORPUS.units)
    assert described["unchanged"] == sum(bool(unit.metadata) for unit in CORPUS.units)


def test_what_landed_bears_the_canonical_url_of_its_cloud(world: World) -> None:
    world.run("first_upload", {})

    (folder,) = world.sandbox.client().find_storage_folders(search="fleet")
    urls = [item.url for item in folder.list_items() if item.url]
    assert len(urls) > 10
    assert all(url.startswith(world.cloud.root_url(BUCKET)) for url in urls)

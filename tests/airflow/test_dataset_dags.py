"""The example DAG that ends where an import of labels begins."""

import json
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest

from tests.airflow.conftest import World
from tests.contract.registration import registered, trusted_images

pytestmark = pytest.mark.slow


def test_a_folder_becomes_a_table_that_names_rows_by_url(world: World) -> None:
    client = world.sandbox.client()
    (integration,) = client.get_cloud_integrations()
    urls = [f"{world.endpoint}/{world.bucket}/{place}.png" for place in ("front", "rear")]
    registered(client.create_storage_folder("fleet"), str(integration.id), trusted_images(urls))

    returned = world.run("prepare_labels", {})

    assert (returned["link"]["linked"], returned["verify"]["missing"]) == (2, 0)
    prepared = returned["prepare"]
    assert (prepared["rows"], prepared["objects"]) == (2, 2)
    table = Path(url2pathname(urlsplit(prepared["table"]).path)).read_text()
    assert sorted(json.loads(line)["object_url"] for line in table.splitlines()) == urls


def test_the_folder_is_verified_after_it_is_linked(world: World) -> None:
    client = world.sandbox.client()
    (integration,) = client.get_cloud_integrations()
    top = client.create_storage_folder("fleet")
    url = f"{world.endpoint}/{world.bucket}/front.png"
    registered(top.create_subfolder("2026"), str(integration.id), trusted_images([url]))

    returned = world.run("link_folder_to_dataset", {"folder": "/fleet", "dataset": "second opinion"})

    assert returned["link"]["linked"] == 1
    assert {name: returned["verify"][name] for name in ("expected", "rows", "missing", "extra")} == {
        "expected": 1,
        "rows": 1,
        "missing": 0,
        "extra": 0,
    }

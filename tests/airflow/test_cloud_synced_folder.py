"""The example DAG of a folder that Encord keeps in step by itself, and the trigger that waits for it."""

import time
from typing import TYPE_CHECKING, Any

import pytest

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.cloud_synced_folders import start_sync
from encord_provider.encord_api.connection import Credentials
from encord_provider.encord_api.private_key import load_private_key
from tests import media
from tests.airflow.conftest import World, run_tasks
from tests.airflow.test_triggers import SOON, event_of
from tests.bucket import Bucket

if TYPE_CHECKING:
    from airflow.triggers.base import BaseTrigger


def test_a_prefix_is_followed_and_its_files_get_rows(small_world: World, bucket: Bucket) -> None:
    bucket.put("a.png", media.image())
    bucket.put("a.png.metadata.json", b'{"site": "north"}')
    bucket.put("notes.txt", b"words")

    returned = small_world.run("cloud_synced_folder", {"remote_url": bucket.url("")})

    client = small_world.sandbox.client()
    (folder,) = client.find_storage_folders(search="fleet-live")
    expected = {"folder": str(folder.uuid), "registered": 2, "refused": 0, "cancelled": 0, "pages": 1}
    assert returned["sync"] == expected
    assert {item.url: item.client_metadata for item in folder.list_items()} == {
        bucket.url("a.png"): {"site": "north"},
        bucket.url("notes.txt"): {},
    }
    assert returned["link"]["linked"] == 2


def started(world: World, bucket: Bucket) -> tuple[str, str]:
    """Start a synchronisation; return the UUIDs of its folder and of its own."""
    from encord.orm.storage import CloudSyncedFolderParams

    client = world.sandbox.client()
    (integration,) = client.get_cloud_integrations()
    params = CloudSyncedFolderParams.from_dict(
        {"integration_uuid": integration.id, "remote_url": bucket.url("")}
    )
    folder = client.create_storage_folder("followed", cloud_synced_folder_params=params)
    api = EncordApi(Credentials(world.sandbox.url, load_private_key(world.sandbox.private_key)))
    return str(folder.uuid), start_sync(api.client, str(folder.uuid))


def synced(folder: str, sync: str, seconds: float) -> "BaseTrigger":
    from encord_provider.triggers.cloud_sync import FolderSyncedTrigger

    return FolderSyncedTrigger("encord_default", folder, sync, time.time() + seconds, poll_seconds=0.5)


@pytest.mark.slow
async def test_the_trigger_fires_when_the_synchronisation_is_over(small_world: World, bucket: Bucket) -> None:
    bucket.put("a.png", media.image())
    folder, sync = started(small_world, bucket)
    small_world.sandbox.faults.add("status", method="GET", path="/long-polling", times=5)

    event = await event_of(synced(folder, sync, SOON * 3))

    assert event == {"over": True, "folder": folder, "sync": sync}


@pytest.mark.slow
async def test_the_trigger_leaves_a_refusal_to_the_task(small_world: World, bucket: Bucket) -> None:
    folder, _ = started(small_world, bucket)

    event = await event_of(synced(folder, folder, SOON * 100))

    assert event == {"over": False, "folder": folder, "sync": folder}


@pytest.mark.slow
async def test_the_trigger_fires_at_its_deadline(small_world: World, bucket: Bucket) -> None:
    small_world.sandbox.hold_jobs()
    bucket.put("a.png", media.image())
    folder, sync = started(small_world, bucket)

    event = await event_of(synced(folder, sync, seconds=1))

    small_world.sandbox.hold_jobs(held=False)
    assert event == {"over": False, "folder": folder, "sync": sync}


@pytest.mark.slow
def test_at_the_deadline_the_task_fails_and_says_what_still_runs(small_world: World, bucket: Bucket) -> None:
    from encord_provider.operators.cloud_sync import EncordSyncFolderOperator

    small_world.sandbox.hold_jobs()
    bucket.put("a.png", media.image())
    arguments: dict[str, Any] = {
        "folder": "held",
        "remote_url": bucket.url(""),
        "retries": 0,
        "wait_hours": 0,
    }

    ended = run_tasks(
        lambda: [
            EncordSyncFolderOperator(task_id="deferred", **arguments, integration="fleet-s3"),
            EncordSyncFolderOperator(task_id="waited", **arguments, integration="fleet-s3", deferrable=False),
        ]
    )

    small_world.sandbox.hold_jobs(held=False)
    assert {ti.task_id: ti.state for ti in ended.values()} == {"deferred": "failed", "waited": "failed"}

"""The triggers, as the triggerer runs them: rebuilt from what they serialize to, on an event loop."""

import importlib
import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from demo.corpus import PREFIX
from encord_provider.manifest.ingestion import Ingestion
from tests.airflow.conftest import World

if TYPE_CHECKING:
    from airflow.triggers.base import BaseTrigger

SOON = 20.0


def rebuilt(trigger: "BaseTrigger") -> "BaseTrigger":
    """Send a trigger the way it goes through Airflow's database."""
    path, arguments = trigger.serialize()
    module, _, name = path.rpartition(".")
    restored = json.loads(json.dumps(arguments))  # plain JSON, which every version of Airflow carries
    again: BaseTrigger = getattr(importlib.import_module(module), name)(**restored)
    assert again.serialize() == (path, arguments)
    return again


async def event_of(trigger: "BaseTrigger") -> dict[str, Any]:
    """Run a trigger until it fires."""
    async for event in rebuilt(trigger).run():
        return dict(event.payload)
    pytest.fail("the trigger ended without an event")


def upload(world: World, urls: list[str]) -> list[str]:
    """Start a job of images through the SDK; return its folder and its id."""
    client = world.sandbox.client()
    folder = client.create_storage_folder("by hand")
    (integration,) = client.get_cloud_integrations()
    images = {"images": [{"objectUrl": url} for url in urls]}
    job = folder.add_private_data_to_folder_start(integration.id, images, ignore_errors=True)
    return [str(folder.uuid), str(job)]


@pytest.fixture
def held_job(world: World) -> Iterator[list[str]]:
    """Start a job that makes no progress."""
    world.sandbox.hold_jobs()
    yield upload(world, [f"{world.endpoint}/{world.bucket}/{PREFIX}images/crossing.jpg"])
    world.sandbox.hold_jobs(held=False)


def uploads(jobs: list[list[str]], seconds: float, poll_seconds: float = 0.5) -> "BaseTrigger":
    from encord_provider.triggers.upload import UploadFinishedTrigger

    return UploadFinishedTrigger("encord_default", jobs, time.time() + seconds, poll_seconds)


async def test_the_upload_trigger_fires_when_the_last_job_has_ended(world: World) -> None:
    jobs = [upload(world, ["http://127.0.0.1:1/none.png"]) for _ in range(3)]

    assert await event_of(uploads(jobs, SOON)) == {"open": 0}


async def test_the_upload_trigger_fires_at_its_deadline_and_counts_what_is_open(held_job: list[str]) -> None:
    assert await event_of(uploads([held_job], seconds=1)) == {"open": 1}


async def test_a_deadline_holds_from_when_it_was_set_not_from_when_the_trigger_started(
    held_job: list[str],
) -> None:
    began = time.monotonic()

    assert await event_of(uploads([held_job], seconds=-60)) == {"open": 1}
    assert time.monotonic() - began < SOON


async def test_faults_on_the_way_are_polled_through(world: World) -> None:
    job = upload(world, ["http://127.0.0.1:1/none.png"])
    for effect in ("status", "drop_before", "drop_after"):
        world.sandbox.faults.add(effect, method="GET", path="/data-upload-jobs/")

    assert await event_of(uploads([job], SOON)) == {"open": 0}


async def test_a_person_who_stops_the_task_cancels_its_jobs(world: World, held_job: list[str]) -> None:
    await rebuilt(uploads([held_job], SOON)).on_kill()

    folder, job = held_job
    state = (
        world.sandbox.client()
        .get_storage_folder(UUID(folder))
        .add_private_data_to_folder_get_result(UUID(job))
    )
    assert (state.status.value, state.units_cancelled_count) == ("CANCELLED", 1)


def arrivals(world: World, prefix: str, seconds: float) -> "BaseTrigger":
    from encord_provider.triggers.arrival import ObjectsArrivedTrigger

    ingestion = Ingestion(source=f"s3://{world.bucket}/{prefix}", folder="fleet")
    return ObjectsArrivedTrigger(ingestion.model_dump(mode="json"), time.time() + seconds, 0.2)


async def test_the_arrival_trigger_fires_when_something_new_is_there(world: World) -> None:
    assert await event_of(arrivals(world, PREFIX, SOON)) == {"arrived": True}


async def test_the_arrival_trigger_fires_at_its_deadline_when_nothing_came(world: World) -> None:
    assert await event_of(arrivals(world, "no-such-day/", seconds=0.5)) == {"arrived": False}

"""The triggers, as the triggerer runs them: rebuilt from what they serialize to, on an event loop."""

import asyncio
import importlib
import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from demo.corpus import PREFIX
from encord_provider.manifest.ingestion import Ingestion
from tests.airflow.conftest import World
from tests.patience import eventually

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


def uploads(jobs: list[list[str]], seconds: float, stall_seconds: float | None = None) -> "BaseTrigger":
    from encord_provider.triggers.upload import UploadFinishedTrigger

    return UploadFinishedTrigger("encord_default", jobs, time.time() + seconds, 0.5, stall_seconds)


def cancelled(world: World, folder: str, job: str) -> tuple[str, int]:
    """Return the status of a job, and how many of its units were cancelled."""
    state = (
        world.sandbox.client()
        .get_storage_folder(UUID(folder))
        .add_private_data_to_folder_get_result(UUID(job), timeout_seconds=0)
    )
    return state.status.value, state.units_cancelled_count


async def test_the_upload_trigger_fires_when_the_last_job_has_ended(world: World) -> None:
    jobs = [upload(world, ["http://127.0.0.1:1/none.png"]) for _ in range(3)]

    event = await event_of(uploads(jobs, SOON))

    assert (event["open"], event["because"]) == (0, "ended")


async def test_the_upload_trigger_fires_at_its_deadline_and_counts_what_is_open(held_job: list[str]) -> None:
    trigger = uploads([held_job], seconds=1)

    event = await event_of(trigger)

    assert event == {"open": 1, "because": "deadline", "deadline": trigger.serialize()[1]["deadline"]}


async def test_a_deadline_holds_from_when_it_was_set_not_from_when_the_trigger_started(
    held_job: list[str],
) -> None:
    began = time.monotonic()

    assert (await event_of(uploads([held_job], seconds=-60)))["because"] == "deadline"
    assert time.monotonic() - began < SOON


async def test_faults_on_the_way_are_polled_through(world: World) -> None:
    job = upload(world, ["http://127.0.0.1:1/none.png"])
    for effect in ("status", "drop_before", "drop_after"):
        world.sandbox.faults.add(effect, method="GET", path="/data-upload-jobs/")

    assert (await event_of(uploads([job], SOON)))["open"] == 0


async def test_jobs_that_stand_still_are_given_up_before_the_deadline(held_job: list[str]) -> None:
    event = await event_of(uploads([held_job], SOON, stall_seconds=1))

    assert (event["open"], event["because"]) == (1, "stalled")


async def test_a_job_that_the_key_may_not_see_is_left_to_the_task_at_once(held_job: list[str]) -> None:
    folder, _ = held_job

    event = await event_of(uploads([held_job, [folder, str(uuid4())]], SOON))

    assert (event["open"], event["because"]) == (2, "refused")


async def test_the_event_of_many_jobs_is_as_small_as_that_of_one(held_job: list[str]) -> None:
    event = await event_of(uploads([held_job] * 1000, seconds=2))

    assert event["open"] == 1000
    assert len(json.dumps(event)) < 100


async def test_one_job_that_cannot_be_cancelled_keeps_no_other_from_it(
    world: World, held_job: list[str]
) -> None:
    folder, job = held_job
    world.sandbox.faults.add("status", method="POST", path="/cancel", status=503)

    await rebuilt(uploads([[folder, job], [folder, str(uuid4())], [folder, job]], SOON)).on_kill()

    assert cancelled(world, folder, job) == ("CANCELLED", 1)


async def test_a_trigger_that_is_cancelled_anew_while_it_cancels_its_jobs_cancels_them_all_the_same(
    world: World, held_job: list[str]
) -> None:
    world.sandbox.faults.add("delay", method="POST", path="/cancel", seconds=1)
    killing = asyncio.create_task(rebuilt(uploads([held_job], SOON)).on_kill())
    await asyncio.sleep(0.3)

    killing.cancel()

    with pytest.raises(asyncio.CancelledError):
        await killing
    assert await asyncio.to_thread(eventually, lambda: cancelled(world, *held_job) == ("CANCELLED", 1), SOON)


async def test_a_person_who_stops_the_task_cancels_its_jobs(world: World, held_job: list[str]) -> None:
    await rebuilt(uploads([held_job], SOON)).on_kill()

    assert cancelled(world, *held_job) == ("CANCELLED", 1)


def arrivals(world: World, prefix: str, seconds: float) -> "BaseTrigger":
    from encord_provider.triggers.arrival import ObjectsArrivedTrigger

    ingestion = Ingestion(source=f"s3://{world.bucket}/{prefix}", folder="fleet")
    return ObjectsArrivedTrigger(ingestion.model_dump(mode="json"), time.time() + seconds, 0.2)


async def test_the_arrival_trigger_fires_when_something_new_is_there(world: World) -> None:
    assert await event_of(arrivals(world, PREFIX, SOON)) == {"arrived": True}


async def test_the_arrival_trigger_fires_at_its_deadline_when_nothing_came(world: World) -> None:
    assert await event_of(arrivals(world, "no-such-day/", seconds=0.5)) == {"arrived": False}

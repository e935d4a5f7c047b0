"""Upload jobs of images that need not exist, and waiting for what they come to."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import RowMapping

from encord_provider.sandbox import folders, items, jobs
from encord_provider.sandbox.folders import NewFolder
from encord_provider.sandbox.items import ItemQuery
from encord_provider.sandbox.jobs import NewJob, State
from encord_provider.sandbox.manifests import read_manifest
from encord_provider.sandbox.world import World

_PATIENCE_SECONDS = 30

SIZE = {"width": 4, "height": 3, "fileSize": 2, "mimeType": "image/png"}
"""``imageMetadata`` that lets an image be registered unread."""


def trusted(url: str, **keys: object) -> dict[str, object]:
    """Describe an image that is taken on trust."""
    return {"objectUrl": url, "imageMetadata": SIZE} | keys


def new_folder(world: World) -> str:
    """Make a folder."""
    with world.database.writing() as connection:
        return str(folders.create(connection, NewFolder("fleet", "someone"), world.clock.stamp())["uuid"])


def start_job(
    world: World,
    folder: str,
    images: Iterable[dict[str, object]],
    *,
    ignore_errors: bool = True,
    **flags: bool,
) -> str:
    """Start a job of images."""
    manifest = read_manifest({"images": list(images)} | flags, world.limits)
    job = NewJob(folder, "someone", integration_uuid=None, ignore_errors=ignore_errors)
    with world.database.writing() as connection:
        uuid = jobs.start(connection, job, manifest, world.clock.stamp())
    world.registrar.notify()
    return uuid


def job_row(world: World, uuid: str) -> RowMapping:
    """Return a job as it stands."""
    with world.database.reading() as connection:
        return jobs.get(connection, uuid)


def finished(world: World, uuid: str) -> RowMapping:
    """Wait for a job to be over and return it."""
    wait_until(lambda: job_row(world, uuid)["status"] != State.PENDING)
    return job_row(world, uuid)


def items_of(world: World, folder: str) -> list[RowMapping]:
    """Return the items of a folder, by name."""
    with world.database.reading() as connection:
        return items.page(connection, folder, ItemQuery(page_size=1000), 1000).rows


def counts(job: RowMapping) -> dict[str, Any]:
    """Return the counters of a job that are not zero."""
    return {state: job[state] for state in ("pending", "done", "error", "cancelled") if job[state]}


def wait_until(holds: Callable[[], bool]) -> None:
    """Poll a condition until it holds."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)

"""``/v2/public/storage/folders/{folder}``: what only cloud-synced folders have; the API has two words for them."""

import json
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from encord_provider.sandbox import folders, syncs
from encord_provider.sandbox.jobs import State
from encord_provider.sandbox.routes.answer import CurrentUser, CurrentWorld, answer
from encord_provider.sandbox.routes.body import Body, read
from encord_provider.sandbox.routes.long_poll import hold
from encord_provider.sandbox.wire.model import WireModel
from encord_provider.sandbox.world import World

router = APIRouter(prefix="/storage/folders/{folder_uuid}")


class Matcher(WireModel):
    """Which files are sidecars: those whose name ends in the suffix."""

    mode: Literal["suffix"] = "suffix"
    suffix: str = Field(default=".metadata.json", min_length=1, max_length=128)


class MetadataIngestion(WireModel):
    """Whether sidecars become the custom metadata of the files beside them."""

    matcher: Matcher = Matcher()
    paused: bool = False


class FolderConfiguration(WireModel):
    """A folder's configuration; keys that are not known are kept as they are."""

    model_config = ConfigDict(extra="allow")

    metadata_ingestion: MetadataIngestion | None = None


@router.post("/cloud-synced-folder-syncs")
def start_sync(world: CurrentWorld, user: CurrentUser, folder_uuid: UUID) -> Response:
    """Start a synchronisation; its UUID is the whole answer."""
    with world.database.writing() as connection:
        uuid = syncs.start(connection, str(folder_uuid), user.email, world.clock.stamp())
    world.registrar.notify()
    return answer(uuid)


@router.get("/cloud-linked-folder-syncs/{sync_uuid}/long-polling")
async def poll_sync(
    world: CurrentWorld,
    folder_uuid: UUID,
    sync_uuid: UUID,
    timeout_seconds: Annotated[float, Query(alias="timeoutSeconds", ge=0)] = 60,
) -> Response:
    """Tell how far a synchronisation has come, once it is over or the client's patience is."""

    def is_over() -> bool:
        with world.database.reading() as connection:
            sync = syncs.get(connection, str(sync_uuid), str(folder_uuid))
            return syncs.status(connection, sync) is not State.PENDING

    await hold(world, str(sync_uuid), timeout_seconds, is_over)
    return answer(await run_in_threadpool(_state, world, str(folder_uuid), str(sync_uuid)))


@router.get("/folder-config")
def get_configuration(world: CurrentWorld, folder_uuid: UUID) -> Response:
    """Get a folder's configuration."""
    with world.database.reading() as connection:
        return answer(json.loads(folders.get(connection, str(folder_uuid))["configuration"]))


@router.post("/folder-config")
def save_configuration(world: CurrentWorld, folder_uuid: UUID, body: Body) -> Response:
    """Save a folder's whole configuration."""
    configuration = read(FolderConfiguration, body).model_dump(mode="json", by_alias=True)
    with world.database.writing() as connection:
        values = {"configuration": json.dumps(configuration)}
        folders.change(connection, str(folder_uuid), values, world.clock.stamp())
    return answer({})


def _state(world: World, folder_uuid: str, sync_uuid: str) -> dict[str, Any]:
    with world.database.reading() as connection:
        sync = syncs.get(connection, sync_uuid, folder_uuid)
        job = syncs.upload_job(connection, sync)
        status = syncs.status(connection, sync)
    units = {state: 0 if job is None else job[state] for state in ("pending", "done", "error", "cancelled")}
    uploaded = None if job is None else job["status"]
    return {
        "status": status.lower(),
        "scanPagesProcessingPending": int(sync["status"] == State.PENDING),
        "scanPagesProcessingDone": sync["pages_done"],
        "scanPagesProcessingError": sync["pages_error"],
        "scanPagesProcessingCancelled": 0,
        "uploadJobsPending": int(uploaded == State.PENDING),
        "uploadJobsDone": int(uploaded in (State.DONE, State.CANCELLED)),
        "uploadJobsError": int(uploaded == State.ERROR),
        **{f"uploadJobsUnits{state.capitalize()}": count for state, count in units.items()},
    }

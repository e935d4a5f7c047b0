"""``/v2/public/storage/folders/{folder}/data-upload-jobs``: upload jobs."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from encord_provider.sandbox import folders, integrations, jobs
from encord_provider.sandbox.errors import InvalidError, TooManyError
from encord_provider.sandbox.jobs import NewJob, State
from encord_provider.sandbox.manifests import read_manifest
from encord_provider.sandbox.routes.answer import CurrentUser, CurrentWorld, answer
from encord_provider.sandbox.routes.body import Body, read
from encord_provider.sandbox.routes.long_poll import hold
from encord_provider.sandbox.wire import job as wire
from encord_provider.sandbox.wire.model import WireModel
from encord_provider.sandbox.world import World

router = APIRouter(prefix="/storage/folders/{folder_uuid}/data-upload-jobs")


class StartJob(WireModel):
    """Body of a start: a manifest in one of the two dialects, and how to treat it."""

    data_items: dict[str, Any] | None = None
    external_files: dict[str, Any] | None = None
    integration_hash: UUID | None = None
    ignore_errors: bool = False
    file_name: str | None = None


@router.post("")
def start_job(world: CurrentWorld, user: CurrentUser, folder_uuid: UUID, body: Body) -> Response:
    """Start a job; its UUID is the whole answer."""
    asked = read(StartJob, body)
    contents = asked.data_items if asked.data_items is not None else asked.external_files
    if contents is None:
        raise InvalidError("Either dataItems or externalFiles is required.")
    manifest = read_manifest(contents, world.limits)
    job = NewJob(
        folder_uuid=str(folder_uuid),
        owner=user.email,
        integration_uuid=str(asked.integration_hash) if asked.integration_hash else None,
        ignore_errors=asked.ignore_errors,
        file_name=asked.file_name,
    )
    with world.database.writing() as connection:
        folders.get(connection, job.folder_uuid)
        integrations.get(connection, job.integration_uuid)
        most = world.registrar.most_jobs
        if most is not None and len(jobs.unfinished(connection)) >= most:
            raise TooManyError(f"{most} upload jobs are under way already.")
        uuid = jobs.start(connection, job, manifest, world.clock.stamp())
    world.registrar.notify()
    return answer(uuid)


@router.get("/{job_uuid}")
async def poll_job(
    world: CurrentWorld,
    folder_uuid: UUID,
    job_uuid: UUID,
    timeout_seconds: Annotated[float, Query(alias="timeoutSeconds", ge=0)] = 60,
) -> Response:
    """Tell how far a job has come, once it is over or the client's patience is."""

    def is_over() -> bool:
        with world.database.reading() as connection:
            folders.get(connection, str(folder_uuid))
            job = jobs.get(connection, str(job_uuid), folder_uuid=str(folder_uuid))
        return bool(job["status"] != State.PENDING)

    await hold(world, str(job_uuid), timeout_seconds, is_over)
    return await run_in_threadpool(_state, world, str(folder_uuid), str(job_uuid))


@router.post("/{job_uuid}/cancel")
def cancel_job(world: CurrentWorld, folder_uuid: UUID, job_uuid: UUID) -> Response:
    """Cancel what has not been processed."""
    with world.database.writing() as connection:
        folders.get(connection, str(folder_uuid))
        jobs.get(connection, str(job_uuid), folder_uuid=str(folder_uuid))
        cancelled = jobs.cancel(connection, str(job_uuid), world.clock.stamp())
    world.bells.ring(str(job_uuid))
    return answer({"unitsCancelledCount": cancelled})


def _state(world: World, folder_uuid: str, job_uuid: str) -> Response:
    with world.database.reading() as connection:
        return answer(wire.job(connection, jobs.get(connection, job_uuid, folder_uuid=folder_uuid)))

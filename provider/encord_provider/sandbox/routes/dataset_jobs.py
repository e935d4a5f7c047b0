"""Upload jobs of a dataset: the legacy API's way to register and link in one step."""

from typing import Any
from uuid import UUID

from pydantic import AliasChoices, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from sqlalchemy import Connection, RowMapping

from encord_provider.sandbox import datasets, folders, integrations, jobs
from encord_provider.sandbox.errors import InvalidError, NotFoundError
from encord_provider.sandbox.jobs import NewJob, State
from encord_provider.sandbox.manifests import read_manifest
from encord_provider.sandbox.routes.legacy_query import LegacyQuery
from encord_provider.sandbox.routes.long_poll import hold
from encord_provider.sandbox.wire import job as wire


class StartJob(BaseModel):
    """Payload of a start."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    data_items: dict[str, Any] | None = None
    files: dict[str, Any] | None = None
    integration_id: UUID | None = None
    ignore_errors: bool = False
    folder_uuid: UUID | None = None
    file_name: str | None = None


class PollJob(BaseModel):
    """Payload of a poll."""

    process_hash: UUID
    timeout_seconds: float = Field(
        default=60, ge=0, validation_alias=AliasChoices("timeout_seconds", "timeoutSeconds")
    )


def start_job(query: LegacyQuery) -> dict[str, str]:
    """Start a job that registers into a folder and links to the dataset."""
    asked, world = query.read(StartJob), query.world
    contents = asked.data_items if asked.data_items is not None else asked.files
    if contents is None:
        raise InvalidError("Either dataItems or files is required.")
    manifest = read_manifest(contents, world.limits)
    with world.database.writing() as connection:
        folder_uuid = _folder(connection, query.dataset_uuid, asked.folder_uuid)
        folders.get(connection, folder_uuid)
        job = NewJob(
            folder_uuid=folder_uuid,
            owner=query.user.email,
            integration_uuid=str(asked.integration_id) if asked.integration_id else None,
            ignore_errors=asked.ignore_errors,
            file_name=asked.file_name,
            dataset_uuid=query.dataset_uuid,
        )
        integrations.get(connection, job.integration_uuid)
        uuid = jobs.start(connection, job, manifest, world.clock.stamp())
    world.registrar.notify()
    return {"process_hash": uuid}


async def wait_for_job(query: LegacyQuery) -> None:
    """Hold a poll until the job is over, or the client's patience is."""
    asked = query.read(PollJob)

    def is_over() -> bool:
        with query.world.database.reading() as connection:
            return bool(_job(connection, query, asked)["status"] != State.PENDING)

    await hold(query.world, str(asked.process_hash), asked.timeout_seconds, is_over)


def job_state(query: LegacyQuery) -> dict[str, Any]:
    """Tell how far a job has come."""
    with query.world.database.reading() as connection:
        return wire.dataset_job(connection, _job(connection, query, query.read(PollJob)))


def _job(connection: Connection, query: LegacyQuery, asked: PollJob) -> RowMapping:
    job = jobs.get(connection, str(asked.process_hash))
    if job["dataset_uuid"] != query.dataset_uuid:
        raise NotFoundError(f"No upload job {asked.process_hash} of this dataset.")
    return job


def _folder(connection: Connection, dataset_uuid: str, folder_uuid: UUID | None) -> str:
    """Return where to register: the folder asked for, or the one that the dataset mirrors."""
    backing = datasets.get(connection, dataset_uuid)["backing_folder_uuid"]
    if folder_uuid is not None:
        return str(folder_uuid)
    if backing is None:
        raise InvalidError("A folder is required: the dataset does not mirror one.")
    return str(backing)

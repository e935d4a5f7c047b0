"""``/v2/public/datasets``: datasets, as far as the v2 API goes; their rows are the legacy API's."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from encord_provider.sandbox import datasets, groups
from encord_provider.sandbox.datasets import DatasetQuery
from encord_provider.sandbox.routes.answer import CurrentUser, CurrentWorld, answer, page
from encord_provider.sandbox.routes.body import Body, read
from encord_provider.sandbox.wire import dataset as wire
from encord_provider.sandbox.wire.model import WireModel

router = APIRouter(prefix="/datasets")


class CreateDataset(WireModel):
    """Body of a creation."""

    title: str
    description: str | None = None
    create_backing_folder: bool = True
    legacy_call: bool = False


class GroupAccess(WireModel):
    """Body that lets groups in; the role is a number here."""

    group_hash_list: list[UUID]
    user_role: int


class Emails(WireModel):
    """Body that names users."""

    user_emails: list[str]


@router.post("")
def create_dataset(world: CurrentWorld, user: CurrentUser, body: Body) -> Response:
    """Create a dataset."""
    asked = read(CreateDataset, body)
    with world.database.writing() as connection:
        row = datasets.create(
            connection,
            title=asked.title,
            description=asked.description or "",
            owner=user.email,
            mirror=asked.create_backing_folder,
            now=world.clock.stamp(),
        )
    return answer(
        {
            "datasetUuid": row["uuid"],
            "datasetHash": row["uuid"],
            "backingFolderUuid": row["backing_folder_uuid"],
        }
    )


@router.get("/list")
def list_datasets(world: CurrentWorld, query: Annotated[DatasetQuery, Query()]) -> Response:
    """List the datasets that pass the filters."""
    with world.database.reading() as connection:
        return answer({"result": [wire.listed(row) for row in datasets.listing(connection, query)]})


@router.get("/{dataset_uuid}/groups")
def list_groups(world: CurrentWorld, dataset_uuid: UUID) -> Response:
    """List the groups that may enter."""
    with world.database.reading() as connection:
        datasets.get(connection, str(dataset_uuid))
        return page(groups.with_access(connection, str(dataset_uuid)))


@router.post("/{dataset_uuid}/groups")
def add_groups(world: CurrentWorld, dataset_uuid: UUID, body: Body) -> Response:
    """Let groups in."""
    access = read(GroupAccess, body)
    with world.database.writing() as connection:
        datasets.get(connection, str(dataset_uuid))
        uuids = [str(uuid) for uuid in access.group_hash_list]
        groups.grant(connection, str(dataset_uuid), uuids, str(access.user_role))
    return answer({})


@router.delete("/{dataset_uuid}/groups")
def remove_groups(
    world: CurrentWorld,
    dataset_uuid: UUID,
    group_hash_list: Annotated[list[UUID], Query(alias="groupHashList")],
) -> Response:
    """Shut groups out."""
    with world.database.writing() as connection:
        groups.revoke(connection, str(dataset_uuid), [str(uuid) for uuid in group_hash_list])
    return answer({})


@router.get("/{dataset_uuid}/users")
def list_users(world: CurrentWorld, dataset_uuid: UUID) -> Response:
    """List the users that may enter."""
    with world.database.reading() as connection:
        found = datasets.users(connection, str(dataset_uuid))
    return page(
        [
            {"datasetUuid": str(dataset_uuid), "userEmail": email, "userRole": role}
            for email, role in found.items()
        ]
    )


@router.post("/{dataset_uuid}/users/bulk-delete")
def remove_users(world: CurrentWorld, dataset_uuid: UUID, body: Body) -> Response:
    """Shut users out."""
    with world.database.writing() as connection:
        datasets.remove_users(connection, str(dataset_uuid), read(Emails, body).user_emails)
    return answer({})

"""``/v2/public/storage/folders``: folders."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from sqlalchemy import Connection
from starlette.responses import Response

from encord_provider.sandbox import folders, groups, integrations
from encord_provider.sandbox.client_metadata import Json, as_jsonb, parse_jsonb
from encord_provider.sandbox.errors import InvalidError
from encord_provider.sandbox.folders import FolderQuery, NewFolder
from encord_provider.sandbox.paging import Page
from encord_provider.sandbox.routes.answer import CurrentUser, CurrentWorld, answer, page
from encord_provider.sandbox.routes.body import Body, read
from encord_provider.sandbox.wire import folder as wire
from encord_provider.sandbox.wire.model import WireModel

router = APIRouter(prefix="/storage")


class CloudSyncedFolderParams(WireModel):
    """What a cloud-synced folder is kept in step with."""

    integration_uuid: UUID
    remote_url: str


class CreateFolder(WireModel):
    """Body of a creation; the metadata comes as JSON text."""

    name: str
    description: str | None = None
    parent: UUID | None = None
    client_metadata: str | None = None
    cloud_synced_folder_params: CloudSyncedFolderParams | None = None


class PatchFolder(WireModel):
    """Body of a change: what is absent or null stays."""

    name: str | None = None
    description: str | None = None
    client_metadata: dict[str, Any] | None = None


class PatchFolders(WireModel):
    """Body of many changes at once."""

    folder_patches: dict[UUID, PatchFolder]


class MoveFolders(WireModel):
    """Body of a move; without a parent, to the top level."""

    folder_uuids: list[UUID]
    new_parent_uuid: UUID | None = None


class GroupAccess(WireModel):
    """Body that lets groups in."""

    group_hash_list: list[UUID]
    user_role: str


FolderFilters = Annotated[FolderQuery, Query()]


@router.post("/folders")
def create_folder(world: CurrentWorld, user: CurrentUser, body: Body) -> Response:
    """Create a folder."""
    asked = read(CreateFolder, body)
    synced = asked.cloud_synced_folder_params
    folder = NewFolder(
        name=asked.name,
        owner=user.email,
        description=asked.description or "",
        parent=str(asked.parent) if asked.parent else None,
        client_metadata=parse_jsonb(asked.client_metadata) if asked.client_metadata else None,
        integration_uuid=str(synced.integration_uuid) if synced else None,
        remote_url=synced.remote_url if synced else None,
    )
    with world.database.writing() as connection:
        integrations.get(connection, folder.integration_uuid)
        return answer(wire.folder(connection, folders.create(connection, folder, world.clock.stamp())))


@router.get("/folders")
def list_folders(world: CurrentWorld, query: FolderFilters) -> Response:
    """List the top level."""
    with world.database.reading() as connection:
        return _page(connection, folders.top_level(connection, query, world.limits.page_items))


@router.get("/search/folders")
def find_folders(world: CurrentWorld, query: FolderFilters) -> Response:
    """Search all folders."""
    with world.database.reading() as connection:
        return _page(connection, folders.everywhere(connection, query, world.limits.page_items))


@router.patch("/folders/patch-bulk")
def patch_folders(world: CurrentWorld, body: Body) -> Response:
    """Change many folders; all or none."""
    patches = read(PatchFolders, body).folder_patches
    if len(patches) > world.limits.bundle_patches:
        raise InvalidError(f"More than {world.limits.bundle_patches} patches in one request.")
    with world.database.writing() as connection:
        changed = [_patch(connection, uuid, patch, world.clock.stamp()) for uuid, patch in patches.items()]
    return page(changed)


@router.post("/folders/move")
def move_folders(world: CurrentWorld, body: Body) -> Response:
    """Move folders below another one."""
    move = read(MoveFolders, body)
    parent = str(move.new_parent_uuid) if move.new_parent_uuid else None
    with world.database.writing() as connection:
        folders.move(connection, [str(uuid) for uuid in move.folder_uuids], parent, world.clock.stamp())
    return answer({})


@router.get("/folders/{folder_uuid}")
def get_folder(world: CurrentWorld, folder_uuid: UUID) -> Response:
    """Get a folder."""
    with world.database.reading() as connection:
        return answer(wire.folder(connection, folders.get(connection, str(folder_uuid))))


@router.patch("/folders/{folder_uuid}")
def patch_folder(world: CurrentWorld, folder_uuid: UUID, body: Body) -> Response:
    """Change a folder."""
    patch = read(PatchFolder, body)
    with world.database.writing() as connection:
        return answer(_patch(connection, folder_uuid, patch, world.clock.stamp()))


@router.delete("/folders/{folder_uuid}")
def delete_folder(world: CurrentWorld, folder_uuid: UUID) -> Response:
    """Delete a folder with all that it holds."""
    with world.database.writing() as connection:
        folders.remove(connection, str(folder_uuid), world.clock.stamp())
    return answer({})


@router.get("/folders/{folder_uuid}/folders")
def list_subfolders(world: CurrentWorld, folder_uuid: UUID, query: FolderFilters) -> Response:
    """List or search what is below a folder."""
    with world.database.reading() as connection:
        return _page(connection, folders.below(connection, str(folder_uuid), query, world.limits.page_items))


@router.get("/folders/{folder_uuid}/summary")
def get_summary(world: CurrentWorld, folder_uuid: UUID) -> Response:
    """Count what a folder holds."""
    with world.database.reading() as connection:
        return answer(wire.summary(folders.summary(connection, str(folder_uuid))))


@router.get("/folders/{folder_uuid}/groups")
def list_groups(world: CurrentWorld, folder_uuid: UUID) -> Response:
    """List the groups that may enter."""
    with world.database.reading() as connection:
        folders.get(connection, str(folder_uuid))
        return page(groups.with_access(connection, str(folder_uuid)))


@router.post("/folders/{folder_uuid}/groups")
def add_groups(world: CurrentWorld, folder_uuid: UUID, body: Body) -> Response:
    """Let groups in."""
    access = read(GroupAccess, body)
    with world.database.writing() as connection:
        folders.get(connection, str(folder_uuid))
        groups.grant(
            connection, str(folder_uuid), [str(uuid) for uuid in access.group_hash_list], access.user_role
        )
    return answer({})


@router.delete("/folders/{folder_uuid}/groups")
def remove_groups(
    world: CurrentWorld,
    folder_uuid: UUID,
    group_hash_list: Annotated[list[UUID], Query(alias="groupHashList")],
) -> Response:
    """Shut groups out."""
    with world.database.writing() as connection:
        folders.get(connection, str(folder_uuid))
        groups.revoke(connection, str(folder_uuid), [str(uuid) for uuid in group_hash_list])
    return answer({})


def _page(connection: Connection, found: Page) -> Response:
    return page([wire.folder(connection, row) for row in found.rows], found.next_page_token)


def _patch(connection: Connection, uuid: UUID, patch: PatchFolder, now: str) -> dict[str, Any]:
    values: dict[str, Json] = {}
    if patch.name is not None:
        values["name"] = patch.name
    if patch.description is not None:
        values["description"] = patch.description
    if patch.client_metadata is not None:
        values["client_metadata"] = as_jsonb(patch.client_metadata)
    return wire.folder(connection, folders.change(connection, str(uuid), values, now))

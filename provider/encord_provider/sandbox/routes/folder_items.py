"""``/v2/public/storage/folders/{folder}/items``: items seen from their folder."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import TypeAdapter
from sqlalchemy import Connection, RowMapping
from starlette.requests import Request
from starlette.responses import Response

from encord_provider.sandbox import data_groups, data_rows, folders, items
from encord_provider.sandbox.data_groups import NewDataGroup
from encord_provider.sandbox.errors import InvalidError
from encord_provider.sandbox.item_patches import PatchItem, apply_patch
from encord_provider.sandbox.items import ItemQuery
from encord_provider.sandbox.routes.answer import CurrentUser, CurrentWorld, answer, page
from encord_provider.sandbox.routes.body import Body, read, read_value
from encord_provider.sandbox.routes.signed_urls import client_metadata_url, signed_url
from encord_provider.sandbox.wire import item as wire
from encord_provider.sandbox.wire.model import WireModel

router = APIRouter(prefix="/storage")

ItemFilters = Annotated[ItemQuery, Query()]
_NEW_GROUPS: TypeAdapter[list[NewDataGroup]] = TypeAdapter(list[NewDataGroup])


class DeleteItems(WireModel):
    """Body of a deletion."""

    child_uuids: list[UUID]
    remove_unused_frames: bool = True


class MoveItems(WireModel):
    """Body of a move."""

    item_uuids: list[UUID]
    new_parent_uuid: UUID
    allow_synced_dataset_move: bool = False


@router.get("/folders/{folder_uuid}/items")
def list_items(request: Request, world: CurrentWorld, folder_uuid: UUID, query: ItemFilters) -> Response:
    """List what a folder holds."""
    return list_page(request, world, str(folder_uuid), query)


def list_page(request: Request, world: CurrentWorld, folder_uuid: str | None, query: ItemQuery) -> Response:
    """Answer one page of items, of a folder or of all."""
    with world.database.reading() as connection:
        found = items.page(connection, folder_uuid, query, world.limits.page_items)
        shown = [_listed(connection, request, row, query) for row in found.rows]
    return page(shown, found.next_page_token)


def _listed(connection: Connection, request: Request, row: RowMapping, query: ItemQuery) -> dict[str, Any]:
    signed = signed_url(connection, str(request.base_url), row) if query.sign_urls else None
    shown = wire.item(row, signed_url=signed)
    if query.include_client_metadata is False:
        shown["clientMetadata"] = "{}"
    elif query.client_metadata_as_signed_url:
        shown |= {
            "clientMetadata": "",
            "clientMetadataSignedUrl": client_metadata_url(str(request.base_url), row),
        }
    return shown


@router.patch("/folders/{folder_uuid}/items/{item_uuid}")
def patch_item(world: CurrentWorld, folder_uuid: UUID, item_uuid: UUID, body: Body) -> Response:
    """Change an item."""
    patch = read(PatchItem, body)
    with world.database.writing() as connection:
        _check_folder(connection, folder_uuid, [item_uuid])
        apply_patch(connection, str(item_uuid), patch, world.limits, world.clock.stamp())
        return answer(wire.item(items.get(connection, str(item_uuid))))


@router.post("/folders/{folder_uuid}/items/delete")
def delete_items(world: CurrentWorld, folder_uuid: UUID, body: Body) -> Response:
    """Delete items of a folder."""
    asked = read(DeleteItems, body)
    with world.database.writing() as connection:
        _check_folder(connection, folder_uuid, asked.child_uuids)
        uuids = [str(uuid) for uuid in asked.child_uuids]
        removed = items.remove(connection, uuids, unused_frames=asked.remove_unused_frames)
    return answer({"removedItemsCount": removed, "removedFoldersCount": 0})


@router.post("/folders/{folder_uuid}/items/move")
def move_items(world: CurrentWorld, folder_uuid: UUID, body: Body) -> Response:
    """Move items to another folder."""
    asked = read(MoveItems, body)
    uuids, now = [str(uuid) for uuid in asked.item_uuids], world.clock.stamp()
    with world.database.writing() as connection:
        _check_folder(connection, folder_uuid, asked.item_uuids)
        mirror = folders.get(connection, str(folder_uuid))["synced_dataset_uuid"]
        if mirror is not None and not asked.allow_synced_dataset_move:
            raise InvalidError(
                "The items are linked to a mirror dataset; moving them would remove its data units."
            )
        items.move(connection, uuids, str(asked.new_parent_uuid), now)
        data_rows.follow_move(connection, uuids, mirror, str(asked.new_parent_uuid), now)
    return answer({})


@router.get("/folders/{folder_uuid}/items/{item_uuid}/summary")
def get_item_summary(world: CurrentWorld, folder_uuid: UUID, item_uuid: UUID) -> Response:
    """Tell where an item is used."""
    with world.database.reading() as connection:
        _check_folder(connection, folder_uuid, [item_uuid])
        row = items.get(connection, str(item_uuid))
        above = items.parents(connection, str(item_uuid))
        used = data_rows.uses(connection, str(item_uuid))
        names = {parent["uuid"]: folders.get(connection, parent["folder_uuid"])["name"] for parent in above}
        summary = {
            "frameInGroups": len(above),
            "accessibleGroupItems": [wire.short(parent, names[parent["uuid"]]) for parent in above],
            "usedInDatasets": len(used),
            "accessibleDatasets": used,
            "groupLayout": data_groups.layout(row),
        }
    return answer(summary)


@router.get("/folders/{folder_uuid}/items/{item_uuid}/child-items")
def list_children(
    request: Request,
    world: CurrentWorld,
    folder_uuid: UUID,
    item_uuid: UUID,
    sign_urls: Annotated[bool, Query(alias="signUrls")] = False,  # noqa: FBT002 - a query parameter
) -> Response:
    """List the frames of a group, or the files of a series."""
    with world.database.reading() as connection:
        _check_folder(connection, folder_uuid, [item_uuid])
        rows = items.children(connection, str(item_uuid))
        shown = [
            wire.item(
                row, signed_url=signed_url(connection, str(request.base_url), row) if sign_urls else None
            )
            for row in rows
        ]
    return page(shown)


@router.post("/folders/{folder_uuid}/create-group-items")
def create_groups(world: CurrentWorld, user: CurrentUser, folder_uuid: UUID, body: Body) -> Response:
    """Create data groups from items."""
    asked, now = read_value(_NEW_GROUPS, body), world.clock.stamp()
    with world.database.writing() as connection:
        made = [data_groups.create(connection, str(folder_uuid), group, user.email, now) for group in asked]
    return answer(made)


class UploadUrls(WireModel):
    """Body that asks for places to upload files to."""

    item_type: str
    count: int
    frames_subfolder_name: str | None = None


@router.post("/folders/{folder_uuid}/upload-signed-urls")
def upload_urls(request: Request, world: CurrentWorld, folder_uuid: UUID, body: Body) -> Response:
    """Hand out places to upload files to."""
    asked = read(UploadUrls, body)
    with world.database.reading() as connection:
        folders.get(connection, str(folder_uuid))
    return page([new_upload(request, world) for _ in range(asked.count)])


def new_upload(request: Request, world: CurrentWorld) -> dict[str, Any]:
    """Hand out one place to upload a file to."""
    uuid, key = world.uploads.new_key()
    return {
        "itemUuid": uuid,
        "objectKey": key,
        "signedUrl": f"{request.base_url}_sandbox/uploads/{uuid}",
        "uploadHeaders": {},
    }


def _check_folder(connection: Connection, folder_uuid: UUID, item_uuids: list[UUID]) -> None:
    """Raise unless all items lie in the folder that the path names."""
    folders.get(connection, str(folder_uuid))
    for row in items.get_all(connection, [str(uuid) for uuid in item_uuids]):
        if row["folder_uuid"] != str(folder_uuid):
            raise InvalidError(f"The item {row['uuid']} is not in the folder {folder_uuid}.")

"""``/v2/public/storage/items``: items by themselves."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from encord_provider.sandbox import items
from encord_provider.sandbox.errors import InvalidError
from encord_provider.sandbox.item_patches import PatchItem, apply_patch
from encord_provider.sandbox.items import ItemQuery
from encord_provider.sandbox.migration import Migration, migrate
from encord_provider.sandbox.routes.answer import CurrentWorld, answer, page
from encord_provider.sandbox.routes.body import Body, read
from encord_provider.sandbox.routes.folder_items import list_page, new_upload
from encord_provider.sandbox.routes.signed_urls import signed_url
from encord_provider.sandbox.wire import item as wire
from encord_provider.sandbox.wire.model import WireModel

router = APIRouter()


class GetItems(WireModel):
    """Body that asks for items."""

    item_uuids: list[UUID]
    sign_urls: bool = False


class PatchItems(WireModel):
    """Body of many changes at once."""

    item_patches: dict[UUID, PatchItem]


@router.get("/storage/search/items")
def find_items(request: Request, world: CurrentWorld, query: Annotated[ItemQuery, Query()]) -> Response:
    """Search the items of all folders."""
    return list_page(request, world, None, query)


@router.post("/storage/items/get-bulk")
def get_items(request: Request, world: CurrentWorld, body: Body) -> Response:
    """Get items, in the order asked for."""
    asked = read(GetItems, body)
    with world.database.reading() as connection:
        rows = items.get_all(connection, [str(uuid) for uuid in asked.item_uuids])
        shown = [
            wire.item(
                row,
                signed_url=signed_url(connection, str(request.base_url), row) if asked.sign_urls else None,
            )
            for row in rows
        ]
    return page(shown)


@router.patch("/storage/items/patch-bulk")
def patch_items(world: CurrentWorld, body: Body) -> Response:
    """Change many items; all or none."""
    patches = read(PatchItems, body).item_patches
    if len(patches) > world.limits.bundle_patches:
        raise InvalidError(f"More than {world.limits.bundle_patches} patches in one request.")
    now, uuids = world.clock.stamp(), [str(uuid) for uuid in patches]
    with world.database.writing() as connection:
        for uuid, patch in patches.items():
            apply_patch(connection, str(uuid), patch, world.limits, now)
        rows = items.get_all(connection, uuids)
    return page([wire.item(row) for row in rows])


@router.post("/storage/items/migrate-storage")
def migrate_items(world: CurrentWorld, body: Body) -> Response:
    """Let items follow their objects."""
    migration = read(Migration, body)
    with world.database.writing() as connection:
        migrate(connection, migration, world.uploads, world.clock.stamp())
    return answer({})


@router.get("/storage/items/{item_uuid}")
def get_item(
    request: Request,
    world: CurrentWorld,
    item_uuid: UUID,
    sign_url: Annotated[bool, Query(alias="signUrl")] = False,  # noqa: FBT002 - a query parameter
) -> Response:
    """Get an item."""
    with world.database.reading() as connection:
        row = items.get(connection, str(item_uuid))
        return answer(
            wire.item(
                row, signed_url=signed_url(connection, str(request.base_url), row) if sign_url else None
            )
        )


@router.get("/presigned-urls")
def upload_urls(request: Request, world: CurrentWorld, count: Annotated[int, Query(ge=1)]) -> Response:
    """Hand out places to upload files to."""
    return page([new_upload(request, world) for _ in range(count)])

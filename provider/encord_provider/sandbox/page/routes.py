"""The paths of the page."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from encord_provider.sandbox import items
from encord_provider.sandbox.errors import RequestRefusedError
from encord_provider.sandbox.page.dataset import dataset_page
from encord_provider.sandbox.page.folder import folder_page
from encord_provider.sandbox.page.html import Html
from encord_provider.sandbox.page.item import item_page
from encord_provider.sandbox.page.job import job_page
from encord_provider.sandbox.page.layout import document, heading
from encord_provider.sandbox.page.overview import overview
from encord_provider.sandbox.page.thumbnails import picture_of, stand_in
from encord_provider.sandbox.routes.answer import CurrentWorld

_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
_PICTURE_SECONDS = 300  # how long a browser may keep one

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class _PageRoute(APIRoute):
    """Answers what does not exist with a page, where the API answers with JSON."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestRefusedError as refused:
                message = heading("Not here", refused.message)
                return _html(document("Not here", [], message), HTTPStatus.NOT_FOUND)

        return shown


router = APIRouter(route_class=_PageRoute, include_in_schema=False)


@router.get("/")
def show_overview(world: CurrentWorld) -> Response:
    """Show folders, upload jobs and datasets."""
    with world.database.reading() as connection:
        return _html(overview(connection))


@router.get("/folders/{uuid}")
def show_folder(world: CurrentWorld, uuid: str, after: str | None = None) -> Response:
    """Show a folder, its items from the page token *after*."""
    with world.database.reading() as connection:
        return _html(folder_page(connection, uuid, after))


@router.get("/items/{uuid}")
def show_item(world: CurrentWorld, uuid: str) -> Response:
    """Show an item."""
    with world.database.reading() as connection:
        return _html(item_page(connection, uuid))


@router.get("/jobs/{uuid}")
def show_job(world: CurrentWorld, uuid: str) -> Response:
    """Show an upload job."""
    with world.database.reading() as connection:
        return _html(job_page(connection, uuid))


@router.get("/datasets/{uuid}")
def show_dataset(world: CurrentWorld, uuid: str, after: int = 0) -> Response:
    """Show a dataset, from after the data row numbered *after*."""
    with world.database.reading() as connection:
        return _html(dataset_page(connection, uuid, after))


@router.get("/thumbnails/{uuid}")
def show_thumbnail(world: CurrentWorld, uuid: str) -> Response:
    """Show a small picture of an item."""
    with world.database.reading() as connection:
        picture = picture_of(connection, world.uploads, uuid)
        if picture is None:
            return Response(stand_in(items.get(connection, uuid)), media_type="image/svg+xml")
    kept = {"Cache-Control": f"private, max-age={_PICTURE_SECONDS}"}
    return Response(picture, media_type="image/jpeg", headers=kept)


def _html(page: Html, status: HTTPStatus = HTTPStatus.OK) -> Response:
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
    return Response(page, status, headers, media_type="text/html")

"""The sandbox as one web application."""

import functools
from importlib.metadata import version

from fastapi import FastAPI, Request
from starlette.responses import Response

from encord_provider.sandbox import page
from encord_provider.sandbox.errors import RequestRefusedError
from encord_provider.sandbox.routes import (
    admin,
    cloud_synced_folders,
    datasets,
    folder_items,
    folders,
    groups,
    items,
    jobs,
    legacy,
    organisation,
)
from encord_provider.sandbox.routes.answer import answer


@functools.cache
def build_app(*, with_page: bool) -> FastAPI:
    """Return the application, which serves any world: the gate before it says which, and checks signatures."""
    app = FastAPI(
        title="Encord sandbox", version=version("encord"), docs_url=None, redoc_url=None, openapi_url=None
    )
    app.add_exception_handler(RequestRefusedError, _refuse)
    for module in (folders, cloud_synced_folders, folder_items, jobs, items, datasets, groups, organisation):
        app.include_router(module.router, prefix="/v2/public")
    app.include_router(legacy.router)
    app.include_router(admin.router)
    if with_page:
        app.include_router(page.router)
    return app


async def _refuse(_request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestRefusedError):
        raise error
    return answer({"message": error.message}, status=error.status)

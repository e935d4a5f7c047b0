"""JSON answers, and what every route needs of its request."""

from typing import Annotated, Any

from fastapi import Depends, Request
from pydantic_core import to_json
from starlette.responses import Response

from encord_provider.sandbox.users import User
from encord_provider.sandbox.world import World


def answer(content: object, status: int = 200) -> Response:
    """Return *content* as JSON; the SDK wants a body even where it looks at none."""
    return Response(to_json(content), status_code=status, media_type="application/json")


def page(results: list[dict[str, Any]], next_page_token: str | None = None) -> Response:
    """Return one page of a listing."""
    return answer({"results": results, "nextPageToken": next_page_token})


def _world(request: Request) -> World:
    world: World = request.state.world
    return world


def _user(request: Request) -> User:
    user: User = request.state.user
    return user


CurrentWorld = Annotated[World, Depends(_world)]
"""The world that the request is about."""

CurrentUser = Annotated[User, Depends(_user)]
"""The caller, whose signature held."""

"""``/_sandbox``: what only the sandbox has: scripted trouble, its clock, and files. Unsigned, for the loopback only."""

import json
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from encord_provider.sandbox import integrations, items
from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.faults import Fault
from encord_provider.sandbox.poison import Poison
from encord_provider.sandbox.routes.answer import CurrentWorld, answer

router = APIRouter(prefix="/_sandbox")


class Hold(BaseModel):
    """Whether upload jobs stand still."""

    held: bool


class Pace(BaseModel):
    """How fast upload jobs go; null is full speed."""

    units_per_second: float | None = Field(gt=0)


class Turn(BaseModel):
    """How far to turn the clock."""

    advance_seconds: float = Field(ge=0)


class Room(BaseModel):
    """How many unfinished upload jobs are taken; a start beyond is answered with 429. Null is any number."""

    jobs: int | None = Field(ge=0)


@router.get("/health")
def health(world: CurrentWorld) -> Response:
    """Tell that the sandbox answers and works on upload jobs."""
    if world.registrar.is_working:
        return answer({"status": "ok"})
    return answer({"status": "upload jobs have stopped"}, status=HTTPStatus.INTERNAL_SERVER_ERROR)


@router.post("/faults")
def add_faults(world: CurrentWorld, faults: Annotated[list[Fault], Body()]) -> Response:
    """Script trouble."""
    world.faults.extend(faults)
    return answer({"added": len(faults)})


@router.delete("/faults")
def clear_faults(world: CurrentWorld) -> Response:
    """Forget the trouble that has not happened yet."""
    world.faults.clear()
    return answer({})


@router.post("/jobs/hold")
def hold_jobs(world: CurrentWorld, hold: Hold) -> Response:
    """Make upload jobs stand still, or go on."""
    world.registrar.hold(held=hold.held)
    return answer({"held": hold.held})


@router.post("/jobs/limit")
def limit_jobs(world: CurrentWorld, room: Room) -> Response:
    """Take so many unfinished upload jobs at a time."""
    world.registrar.most_jobs = room.jobs
    return answer({"jobs": room.jobs})


@router.post("/poison")
def set_poison(world: CurrentWorld, poison: Poison) -> Response:
    """Let jobs that hold certain units fail as a whole."""
    world.registrar.poison(poison)
    return answer({"url": poison.url})


@router.delete("/poison")
def clear_poison(world: CurrentWorld) -> Response:
    """Let no job fail as a whole any more."""
    world.registrar.poison(None)
    return answer({})


@router.post("/pace")
def set_pace(world: CurrentWorld, pace: Pace) -> Response:
    """Slow upload jobs down, or free them."""
    world.registrar.pace(pace.units_per_second)
    return answer({"units_per_second": pace.units_per_second})


@router.post("/clock")
def turn_clock(world: CurrentWorld, turn: Turn) -> Response:
    """Turn the clock forward."""
    world.clock.advance(turn.advance_seconds)
    return answer({"now": world.clock.stamp()})


@router.get("/requests")
def list_requests(world: CurrentWorld) -> Response:
    """List what the API was asked so far, as [method, path, status]."""
    return answer([list(seen) for seen in world.requests_seen.snapshot()])


@router.post("/integrations")
def add_integration(world: CurrentWorld, integration: Integration) -> Response:
    """Add a cloud integration; its UUID is the whole answer."""
    with world.database.writing() as connection:
        return answer(integrations.add(connection, integration))


@router.put("/uploads/{name}")
async def upload(request: Request, world: CurrentWorld, name: str) -> Response:
    """Take a file that a client uploads to Encord itself."""
    world.uploads.store(name, await request.body())
    return answer({})


@router.get("/uploads/{name}")
def download(world: CurrentWorld, name: str) -> Response:
    """Give an uploaded file back."""
    return Response(world.uploads.load(name), media_type="application/octet-stream")


@router.get("/client-metadata/{item_uuid}")
def client_metadata(world: CurrentWorld, item_uuid: str) -> Response:
    """Give the custom metadata of an item by itself."""
    with world.database.reading() as connection:
        return answer(json.loads(items.get(connection, item_uuid)["client_metadata"]))

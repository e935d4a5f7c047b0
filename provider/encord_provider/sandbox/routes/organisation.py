"""What belongs to the whole organisation: integrations, metadata schema, tags, groups, and who is asking."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from encord_provider.sandbox import integrations, schema, schema_v1, tags
from encord_provider.sandbox.routes.answer import CurrentUser, CurrentWorld, answer, page
from encord_provider.sandbox.routes.body import Body, read
from encord_provider.sandbox.wire.model import WireModel

router = APIRouter()


class IntegrationFilters(WireModel):
    """Both filters must pass."""

    filter_integration_uuids: list[UUID] | None = None
    filter_integration_titles: list[str] | None = None
    include_org_access: bool = False


class CreateTag(WireModel):
    """Body of a creation."""

    name: str
    description: str | None = None


@router.get("/cloud-integrations")
def list_integrations(world: CurrentWorld, filters: Annotated[IntegrationFilters, Query()]) -> Response:
    """List the cloud integrations."""
    uuids = filters.filter_integration_uuids
    with world.database.reading() as connection:
        rows = integrations.listing(
            connection,
            None if uuids is None else [str(uuid) for uuid in uuids],
            filters.filter_integration_titles,
        )
    return answer({"result": [{"integrationUuid": row["uuid"], "title": row["title"]} for row in rows]})


@router.get("/organisation/client-metadata-schema-v2")
def get_schema(world: CurrentWorld) -> Response:
    """Get the metadata schema; null before the first was saved."""
    with world.database.reading() as connection:
        return answer(schema.read(connection))


@router.post("/organisation/client-metadata-schema-v2")
def save_schema(world: CurrentWorld, body: Body) -> Response:
    """Save the whole metadata schema."""
    with world.database.writing() as connection:
        schema.replace(connection, body, world.limits)
    return answer({})


@router.get("/organisation/client-metadata-schema")
def get_schema_v1(world: CurrentWorld) -> Response:
    """Get the metadata schema in its first version."""
    with world.database.reading() as connection:
        return answer(schema_v1.read(connection, world.clock.stamp()))


@router.post("/organisation/client-metadata-schema")
def save_schema_v1(world: CurrentWorld, body: Body) -> Response:
    """Save the whole metadata schema in its first version."""
    with world.database.writing() as connection:
        schema_v1.replace(connection, body, world.limits)
    return answer({})


@router.get("/organisation/organisation-tags")
def list_tags(world: CurrentWorld) -> Response:
    """List the tags."""
    with world.database.reading() as connection:
        return page([{"uuid": row["uuid"], "name": row["name"]} for row in tags.listing(connection)])


@router.post("/organisation/organisation-tags")
def create_tag(world: CurrentWorld, body: Body) -> Response:
    """Create a tag."""
    asked = read(CreateTag, body)
    with world.database.writing() as connection:
        row = tags.create(connection, asked.name, asked.description)
    return answer({"uuid": row["uuid"], "name": row["name"]})


@router.delete("/organisation/organisation-tags/{tag_uuid}")
def delete_tag(world: CurrentWorld, tag_uuid: UUID) -> Response:
    """Delete a tag."""
    with world.database.writing() as connection:
        tags.remove(connection, str(tag_uuid))
    return answer({})


@router.get("/user/current")
def current_user(user: CurrentUser) -> Response:
    """Tell the caller who they are."""
    return answer({"userEmail": user.email, "userHash": user.email})


@router.get("/user/bearer-token")
def bearer_token(world: CurrentWorld, user: CurrentUser) -> Response:
    """Give the caller a bearer token."""
    return answer({"token": world.credentials.token_for(user.name)})

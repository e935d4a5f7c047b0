"""``/v2/public/organisation/groups``: groups of users."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from encord_provider.sandbox import groups
from encord_provider.sandbox.routes.answer import CurrentWorld, answer, page
from encord_provider.sandbox.routes.body import Body, read
from encord_provider.sandbox.wire.model import WireModel

router = APIRouter()


class EditGroup(WireModel):
    """Body of a change: what is absent or null stays."""

    name: str | None = None
    description: str | None = None


class CreateGroup(WireModel):
    """Body of a creation."""

    name: str
    description: str | None = None


class Emails(WireModel):
    """Body that names users."""

    user_emails: list[str]


@router.get("/user/current-organisation/groups")
def list_groups(world: CurrentWorld) -> Response:
    """List the groups."""
    with world.database.reading() as connection:
        return page([groups.as_wire(row) for row in groups.listing(connection)])


@router.post("/organisation/groups")
def create_group(world: CurrentWorld, body: Body) -> Response:
    """Create a group."""
    asked = read(CreateGroup, body)
    with world.database.writing() as connection:
        row = groups.create(connection, asked.name, asked.description or "", world.clock.stamp())
    return answer(groups.as_wire(row))


@router.get("/organisation/groups/{group_uuid}")
def get_group(world: CurrentWorld, group_uuid: UUID) -> Response:
    """Get a group."""
    with world.database.reading() as connection:
        return answer(groups.as_wire(groups.get(connection, str(group_uuid))))


@router.patch("/organisation/groups/{group_uuid}")
def edit_group(world: CurrentWorld, group_uuid: UUID, body: Body) -> Response:
    """Change a group."""
    values = read(EditGroup, body).model_dump(exclude_none=True)
    with world.database.writing() as connection:
        return answer(groups.as_wire(groups.change(connection, str(group_uuid), values)))


@router.delete("/organisation/groups/{group_uuid}")
def delete_group(world: CurrentWorld, group_uuid: UUID) -> Response:
    """Delete a group."""
    with world.database.writing() as connection:
        groups.remove(connection, str(group_uuid))
    return answer({})


@router.get("/organisation/groups/{group_uuid}/users")
def list_users(world: CurrentWorld, group_uuid: UUID) -> Response:
    """List the members of a group."""
    with world.database.reading() as connection:
        return page([{"userEmail": email} for email in groups.users(connection, str(group_uuid))])


@router.post("/organisation/groups/{group_uuid}/users")
def add_users(world: CurrentWorld, group_uuid: UUID, body: Body) -> Response:
    """Add members to a group."""
    emails = read(Emails, body).user_emails
    with world.database.writing() as connection:
        groups.add_users(connection, str(group_uuid), emails)
    return page([{"userEmail": email} for email in emails])


@router.post("/organisation/groups/{group_uuid}/users/bulk-delete")
def remove_users(world: CurrentWorld, group_uuid: UUID, body: Body) -> Response:
    """Take members out of a group."""
    with world.database.writing() as connection:
        groups.remove_users(connection, str(group_uuid), read(Emails, body).user_emails)
    return answer({})

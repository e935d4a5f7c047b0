"""Items that follow their objects to another place or another integration."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, RowMapping, select

from encord_provider.sandbox import integrations, items
from encord_provider.sandbox.cloud import ObjectUnreadable
from encord_provider.sandbox.errors import ForbiddenError, InvalidError
from encord_provider.sandbox.tables import items as items_table
from encord_provider.sandbox.uploads import Uploads
from encord_provider.sandbox.wire.model import WireModel


class Migration(WireModel):
    """Which items move where; a new URL of null leaves an item's URL as it is."""

    urls_map: dict[str, str | None] | None = None
    items_map: dict[UUID, str | None] | None = None
    from_integration_hash: UUID | None = None
    to_integration_hash: UUID | None = None
    validate_access: bool = False
    skip_missing: bool = False


def migrate(connection: Connection, migration: Migration, uploads: Uploads, now: str) -> None:
    """Give items their new URL and integration; all or none.

    Raises:
        ForbiddenError: An item or integration does not exist.
        InvalidError: An object cannot be read in its new place.
    """
    target = str(migration.to_integration_hash) if migration.to_integration_hash else None
    for row, new_url in _matches(connection, migration):
        url, integration_uuid = new_url or row["url"], target or row["integration_uuid"]
        integration = integrations.get(connection, integration_uuid)
        if migration.validate_access:
            try:
                uploads.open_object(integration, url)
            except ObjectUnreadable as error:
                raise InvalidError(f"{url}: {error.reason}") from error
        values = {"url": url, "identity": url, "integration_uuid": integration_uuid}
        if integration is not None:
            values["storage_location"] = integration.storage_location
        items.change(connection, row["uuid"], values, now)


def _matches(connection: Connection, migration: Migration) -> Iterator[tuple[RowMapping, str | None]]:
    source = str(migration.from_integration_hash) if migration.from_integration_hash else None
    wanted: list[tuple[ColumnElement[bool], str | None]] = [
        *(
            (items_table.c.uuid == str(uuid), new_url)
            for uuid, new_url in (migration.items_map or {}).items()
        ),
        *((items_table.c.url == url, new_url) for url, new_url in (migration.urls_map or {}).items()),
    ]
    for condition, new_url in wanted:
        rows = list(connection.execute(select(items_table).where(condition)).mappings())
        if not rows and not migration.skip_missing:
            raise ForbiddenError("One of the storage items does not exist, or there is no access to it.")
        yield from ((row, new_url) for row in rows if source in (None, row["integration_uuid"]))

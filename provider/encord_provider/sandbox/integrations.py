"""The organisation's cloud integrations."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, select
from sqlalchemy.dialects.sqlite import insert

from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.errors import ForbiddenError
from encord_provider.sandbox.tables import integrations


def add(connection: Connection, integration: Integration) -> str:
    """Keep *integration*, in place of one with its UUID if there is one; return the UUID."""
    values = {
        "uuid": str(integration.uuid),
        "title": integration.title,
        "configuration": json.dumps(integration.revealed()),
    }
    statement = insert(integrations).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=["uuid"], set_=values))
    return str(integration.uuid)


def configure(connection: Connection, integration: Integration) -> str:
    """Keep an integration of the config file; without a UUID of its own it takes the place of its namesake."""
    if "uuid" not in integration.model_fields_set:
        known = connection.scalar(
            select(integrations.c.uuid).where(integrations.c.title == integration.title)
        )
        if known is not None:
            integration = Integration.model_validate(integration.revealed() | {"uuid": known})
    return add(connection, integration)


def get(connection: Connection, uuid: str | None) -> Integration | None:
    """Return an integration with its credentials; None stands for Encord's own storage.

    Raises:
        ForbiddenError: There is no such integration.
    """
    if uuid is None:
        return None
    text = connection.scalar(select(integrations.c.configuration).where(integrations.c.uuid == uuid))
    if text is None:
        raise ForbiddenError(f"No cloud integration {uuid}, or no access to it.")
    return Integration.model_validate_json(text)


def listing(
    connection: Connection, uuids: Sequence[str] | None = None, titles: Sequence[str] | None = None
) -> list[RowMapping]:
    """Return UUID and title of the integrations that pass both filters; a filter of None passes all."""
    selection = select(integrations.c.uuid, integrations.c.title).order_by(integrations.c.seq)
    if uuids is not None:
        selection = selection.where(integrations.c.uuid.in_(uuids))
    if titles is not None:
        selection = selection.where(integrations.c.title.in_(titles))
    return list(connection.execute(selection).mappings())

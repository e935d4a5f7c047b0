"""Changes that a client makes to an item."""

import json
from typing import Any

from sqlalchemy import Connection

from encord_provider.sandbox import items
from encord_provider.sandbox.client_metadata import as_jsonb
from encord_provider.sandbox.errors import InvalidError
from encord_provider.sandbox.limits import Limits
from encord_provider.sandbox.wire.model import WireModel

_DETAILS = {
    "timeseries_settings": "timeseriesSettings",
    "scene_view_settings": "sceneViewSettings",
    "scene_layout": "sceneLayout",
}


class PatchItem(WireModel):
    """What is absent stays. A null takes view settings away, and leaves all else."""

    name: str | None = None
    description: str | None = None
    client_metadata: dict[str, Any] | None = None
    """Takes the place of the whole object."""

    timeseries_settings: dict[str, Any] | None = None
    scene_view_settings: dict[str, Any] | None = None
    scene_layout: dict[str, Any] | None = None


def apply_patch(connection: Connection, uuid: str, patch: PatchItem, limits: Limits, now: str) -> None:
    """Change an item.

    Raises:
        ForbiddenError: There is no such item.
        InvalidError: The name is too long, or the metadata cannot be stored.
    """
    values: dict[str, str] = {}
    if patch.name is not None:
        if len(patch.name) > limits.title_characters:
            raise InvalidError(f"The name is longer than {limits.title_characters} characters.")
        values["name"] = patch.name
    if patch.description is not None:
        values["description"] = patch.description
    if patch.client_metadata is not None:
        values["client_metadata"] = as_jsonb(patch.client_metadata, limits.client_metadata_bytes)
    details = {
        wire: getattr(patch, name) for name, wire in _DETAILS.items() if name in patch.model_fields_set
    }
    if details:
        values["details"] = json.dumps(json.loads(items.get(connection, uuid)["details"]) | details)
    items.change(connection, uuid, values, now)

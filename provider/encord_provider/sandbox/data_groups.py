"""Data groups: items shown together as one task, in a layout."""

import json
from typing import Any, Literal
from uuid import UUID, uuid4

from pydantic import Field
from sqlalchemy import Connection, RowMapping

from encord_provider.sandbox import folders, items
from encord_provider.sandbox.client_metadata import as_jsonb
from encord_provider.sandbox.registration.draft import FACTS
from encord_provider.sandbox.wire.model import WireModel


class NewDataGroup(WireModel):
    """A group to be: a grid or a list of items, or a custom layout of items under keys."""

    layout_type: Literal["default-grid", "default-list", "custom"]
    layout_contents: list[UUID] | dict[str, UUID]
    name: str | None = None
    layout: dict[str, Any] | None = None
    timeline: list[str] = Field(default_factory=list)
    settings: dict[str, Any] | None = None
    client_metadata: dict[str, Any] | None = None

    @property
    def contents(self) -> dict[str, str]:
        """The item under each key of the layout; in a grid or a list, keys are positions."""
        if isinstance(self.layout_contents, dict):
            return {key: str(uuid) for key, uuid in self.layout_contents.items()}
        return {str(position): str(uuid) for position, uuid in enumerate(self.layout_contents)}


def create(connection: Connection, folder_uuid: str, group: NewDataGroup, owner: str, now: str) -> str:
    """Make a group item in a folder; return its UUID.

    Raises:
        ForbiddenError: The folder or an item does not exist.
    """
    folders.get(connection, folder_uuid)
    contents, uuid = group.contents, str(uuid4())
    items.get_all(connection, list(contents.values()))
    row = dict(FACTS) | {
        "uuid": uuid,
        "folder_uuid": folder_uuid,
        "item_type": "group",
        "name": group.name or "Data group",
        "description": "",
        "client_metadata": as_jsonb(group.client_metadata or {}),
        "owner": owner,
        "created_at": now,
        "last_edited_at": now,
        "is_frame": False,
        "is_tombstone": False,
        "storage_location": "encord",
        "identity": f"group {uuid}",
        "details": json.dumps({"group": group.model_dump(mode="json") | {"contents": contents}}),
    }
    links = [
        {"parent_uuid": uuid, "position": position, "child_uuid": child}
        for position, child in enumerate(contents.values())
    ]
    items.add(connection, [row], links)
    return uuid


def layout(row: RowMapping) -> dict[str, Any] | None:
    """Return the layout of a group item as the API shows it; None for any other item."""
    group = json.loads(row["details"]).get("group")
    if group is None:
        return None
    return {
        "layoutContents": {key: {"uuid": uuid} for key, uuid in group["contents"].items()},
        "layout": group["layout"] or _default_layout(group["layout_type"], list(group["contents"])),
        "layoutSettings": group["settings"] or {},
        "timeline": group["timeline"],
    }


def _default_layout(layout_type: str, keys: list[str]) -> dict[str, Any] | None:
    if layout_type == "custom" or not keys:
        return None
    if layout_type == "default-list":
        return {"type": "data_unit_list", "keys": keys, "carouselPosition": "bottom", "carouselSize": 20.0}
    tile: dict[str, Any] = {"type": "data_unit", "key": keys[0]}
    if len(keys) == 1:
        return tile
    rest = _default_layout(layout_type, keys[1:])
    return {"direction": "row", "first": tile, "second": rest, "splitPercentage": 50.0}

"""The items of a folder get the metadata of a table."""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from encord_provider.encord_api.api import EncordApi, Item
from encord_provider.metadata.plan import Plan, Present, plan

MatchedBy: TypeAlias = Literal["title", "url", "uuid"]
"""What of an item the table's key column names."""


def upsert_metadata(
    api: EncordApi, folder: str, wanted: Mapping[str, Mapping[str, Any]], matched_by: MatchedBy
) -> Plan:
    """Give the items of *folder* the *wanted* metadata; keys that are not wanted stay, and only changes are sent."""
    present = (
        Present(item.uuid, _match(item, matched_by), item.client_metadata)
        for item in api.items(folder, metadata=True)
    )
    planned = plan(wanted, present)
    api.set_metadata(planned.changes)
    return planned


def _match(item: Item, matched_by: MatchedBy) -> str:
    match matched_by:
        case "title":
            return item.name
        case "url":
            return item.url or ""
        case "uuid":
            return item.uuid

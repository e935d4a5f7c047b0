"""An item: its picture, everything known of it, its custom metadata, and what it belongs to."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping

from encord_provider.sandbox import data_rows, folders, items
from encord_provider.sandbox.page.figures import count_of, facts, moment, size
from encord_provider.sandbox.page.folder import folder_crumbs
from encord_provider.sandbox.page.html import Html, element, fragment
from encord_provider.sandbox.page.item_card import custom_metadata, item_card, picture, type_pill
from encord_provider.sandbox.page.layout import document, heading, pairs, panel, row, table


def item_page(connection: Connection, uuid: str) -> Html:
    """Return the page.

    Raises:
        ForbiddenError: There is no such item.

    """
    item = items.get(connection, uuid)
    folder = folders.get(connection, item["folder_uuid"])
    frames = items.children(connection, uuid)
    uses = [_use(use) for use in data_rows.uses(connection, uuid)]
    parts = [
        panel("Custom metadata", pairs(custom_metadata(item)), empty="None."),
        panel("File", pairs(_file(item))),
        panel("Part of", table((), [_parent(parent) for parent in found]))
        if (found := items.parents(connection, uuid))
        else None,
        panel("Datasets", table((), uses), empty="In no dataset."),
    ]
    return document(
        item["name"],
        [*folder_crumbs(connection, folder), (item["name"], None)],
        heading(item["name"], type_pill(item), " ", " · ".join(facts(item))),
        element("div", picture(uuid), element("div", *parts), class_="columns"),
        _frames(frames),
    )


def _file(item: RowMapping) -> dict[str, object]:
    written = {
        "URL": item["url"] and element("code", item["url"]),
        "Type": item["mime_type"],
        "Size": None
        if item["file_size"] is None
        else f"{size(item['file_size'])} ({item['file_size']:,} bytes)",
        "Description": item["description"],
        "Storage": item["storage_location"],
        "Study": item["dicom_study_uid"] and element("code", item["dicom_study_uid"]),
        "Series": item["dicom_series_uid"] and element("code", item["dicom_series_uid"]),
        "Instance": item["dicom_instance_uid"] and element("code", item["dicom_instance_uid"]),
        "Registered": moment(item["created_at"]),
        "Last edited": moment(item["last_edited_at"]),
        "Owner": item["owner"],
        "UUID": element("code", item["uuid"]),
    }
    return {name: value for name, value in written.items() if value}


def _parent(parent: RowMapping) -> Html:
    return row(element("a", parent["name"], href=f"/items/{parent['uuid']}"), type_pill(parent))


def _use(use: Mapping[str, Any]) -> Html:
    rows = count_of(len(use["dataHashes"]), "data row")
    return row(
        element("a", use["title"], href=f"/datasets/{use['datasetHash']}"),
        element("span", rows, class_="soft"),
    )


def _frames(frames: list[RowMapping]) -> Html | None:
    if not frames:
        return None
    grid = element("div", *(item_card(frame) for frame in frames), class_="grid")
    return fragment([element("p", element("b", count_of(len(frames), "part"))), grid])

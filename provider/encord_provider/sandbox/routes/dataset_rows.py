"""Datasets and their rows, as the legacy API asks about them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Connection, RowMapping

from encord_provider.sandbox import data_rows, datasets, items
from encord_provider.sandbox.client_metadata import as_jsonb
from encord_provider.sandbox.data_rows import RowQuery
from encord_provider.sandbox.errors import InvalidError
from encord_provider.sandbox.routes.legacy_query import LegacyQuery
from encord_provider.sandbox.routes.signed_urls import signed_url
from encord_provider.sandbox.wire import dataset as wire


class AccessSettings(BaseModel):
    """What to tell of each row."""

    fetch_client_metadata: bool = False
    fetch_rows: bool = True


class GetDataset(BaseModel):
    """Payload that asks for a dataset."""

    dataset_access_settings: AccessSettings = AccessSettings()


class ListRows(GetDataset):
    """Payload that asks for some rows of a dataset."""

    title_eq: str | None = None
    title_like: str | None = None
    created_before: datetime | None = None
    created_after: datetime | None = None
    data_types: list[str] | None = None
    data_hashes: list[str] | None = None


class AdditionalData(BaseModel):
    """What to tell of one row besides."""

    signed_url: bool = False
    client_metadata: bool = False
    images_data_fetch_options: dict[str, Any] | None = None


class GetRow(BaseModel):
    """Payload that asks for one row."""

    additional_data: AdditionalData = AdditionalData()


class LinkItems(BaseModel):
    """Payload that links items."""

    item_uuids: list[UUID]
    duplicates_behavior: Literal["SKIP", "DUPLICATE", "FAIL"] = "SKIP"


class AddUsers(BaseModel):
    """Payload that lets users in."""

    user_emails: list[str]
    user_role: int


def get_dataset(query: LegacyQuery) -> dict[str, Any]:
    """Return a dataset, with all its rows unless they are not wanted."""
    wanted = query.read(GetDataset).dataset_access_settings
    with query.world.database.reading() as connection:
        row = datasets.get(connection, query.dataset_uuid)
        if not wanted.fetch_rows:
            return wire.legacy(row, None)
        found = data_rows.of_dataset(connection, query.dataset_uuid, RowQuery())
    return wire.legacy(row, _shown(found, client_metadata=wanted.fetch_client_metadata))


def list_rows(query: LegacyQuery) -> list[dict[str, Any]]:
    """Return the rows that pass the filters, all at once."""
    asked = query.read(ListRows)
    filters = RowQuery(**asked.model_dump(exclude={"dataset_access_settings"}))
    with query.world.database.reading() as connection:
        datasets.get(connection, query.dataset_uuid)
        found = data_rows.of_dataset(connection, query.dataset_uuid, filters)
    return _shown(found, client_metadata=asked.dataset_access_settings.fetch_client_metadata)


def get_row(query: LegacyQuery) -> dict[str, Any]:
    """Return one row."""
    asked = query.read(GetRow).additional_data
    with query.world.database.reading() as connection:
        row = data_rows.get(connection, str(query.uid))
        signed = signed_url(connection, query.base_url, row) if asked.signed_url else None
        shown = wire.data_row(row, client_metadata=asked.client_metadata, signed_url=signed)
        if asked.images_data_fetch_options is not None:
            sign = bool(asked.images_data_fetch_options.get("fetch_signed_urls"))
            shown["images_data"] = _images(connection, query, row["uuid"], sign=sign)
    return shown


def change_row(query: LegacyQuery) -> dict[str, Any]:
    """Change title or metadata of the item behind a row."""
    if not isinstance(query.payload, dict):
        raise InvalidError("The payload must name the fields to change.")
    values: dict[str, str] = {}
    if "data_title" in query.payload:
        values["name"] = str(query.payload["data_title"])
    if "client_metadata" in query.payload:
        values["client_metadata"] = as_jsonb(query.payload["client_metadata"] or {})
    with query.world.database.writing() as connection:
        row = data_rows.get(connection, str(query.uid))
        items.change(connection, row["uuid"], values, query.world.clock.stamp())
        changed = wire.data_row(data_rows.get(connection, str(query.uid)), client_metadata=True)
    return {"updated_fields": list(query.payload), "data_row": changed}


def link_items(query: LegacyQuery) -> list[dict[str, Any]]:
    """Link items to a dataset; return the new rows."""
    asked = query.read(LinkItems)
    uuids = [str(uuid) for uuid in asked.item_uuids]
    with query.world.database.writing() as connection:
        new = data_rows.link(
            connection, query.dataset_uuid, uuids, asked.duplicates_behavior, query.world.clock.stamp()
        )
    return _shown(new, client_metadata=False)


def delete_rows(query: LegacyQuery) -> bool:
    """Take rows out of a dataset."""
    uuids = query.uid if isinstance(query.uid, list) else [str(query.uid)]
    with query.world.database.writing() as connection:
        data_rows.remove(connection, uuids, query.world.clock.stamp())
    return True


def rename_rows(query: LegacyQuery) -> dict[str, bool]:
    """Rename the items behind rows."""
    with query.world.database.writing() as connection:
        for change in query.payload:
            row = data_rows.get(connection, str(change["video_hash"]))
            items.change(connection, row["uuid"], {"name": str(change["title"])}, query.world.clock.stamp())
    return {"success": True}


def add_users(query: LegacyQuery) -> list[dict[str, Any]]:
    """Let users into a dataset."""
    asked = query.read(AddUsers)
    with query.world.database.writing() as connection:
        datasets.add_users(connection, query.dataset_uuid, asked.user_emails, asked.user_role)
    return [
        {"user_email": email, "user_role": asked.user_role, "dataset_hash": query.dataset_uuid}
        for email in asked.user_emails
    ]


def _shown(rows: Sequence[RowMapping], *, client_metadata: bool) -> list[dict[str, Any]]:
    return [wire.data_row(row, client_metadata=client_metadata) for row in rows]


def _images(
    connection: Connection, query: LegacyQuery, item_uuid: str, *, sign: bool
) -> list[dict[str, Any]] | None:
    frames = items.children(connection, item_uuid)
    if not frames:
        return None
    return [
        wire.image_data(frame, signed_url(connection, query.base_url, frame) if sign else None)
        for frame in frames
    ]

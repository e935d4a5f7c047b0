"""Temporary URLs under which anyone can read an item's bytes or its metadata."""

from datetime import timedelta

from sqlalchemy import Connection, RowMapping

from encord_provider.sandbox import cloud, integrations
from encord_provider.sandbox.cloud import ObjectUnreadable
from encord_provider.sandbox.uploads import Uploads
from encord_provider.sandbox.wire.item import UNSIGNED_TYPES

_EXPIRES_IN = timedelta(hours=1)


def signed_url(connection: Connection, base_url: str, row: RowMapping) -> str | None:
    """Return a URL for the bytes of an item; None where it is no one object, or cannot be signed."""
    url = row["url"]
    if url is None or row["item_type"] in UNSIGNED_TYPES:
        return None
    if row["integration_uuid"] is None and (name := Uploads.name_of(url)) is not None:
        return f"{base_url}_sandbox/uploads/{name}"
    try:
        return cloud.sign_url(integrations.get(connection, row["integration_uuid"]), url, _EXPIRES_IN)
    except ObjectUnreadable:
        return None


def client_metadata_url(base_url: str, row: RowMapping) -> str:
    """Return a URL for the custom metadata of an item."""
    return f"{base_url}_sandbox/client-metadata/{row['uuid']}"

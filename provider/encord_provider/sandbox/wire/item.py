"""Items on the wire."""

import json
from typing import Any

from sqlalchemy import RowMapping

from encord_provider.sandbox.tables import items

_COLUMNS = {
    "uuid": "uuid",
    "parent": "folder_uuid",
    "itemType": "item_type",
    "name": "name",
    "description": "description",
    "clientMetadata": "client_metadata",
    "owner": "owner",
    "createdAt": "created_at",
    "lastEditedAt": "last_edited_at",
    "isTombstone": "is_tombstone",
    "storageLocation": "storage_location",
    "integrationHash": "integration_uuid",
    "url": "url",
    "fileSize": "file_size",
    "mimeType": "mime_type",
    "duration": "duration",
    "fps": "fps",
    "height": "height",
    "width": "width",
    "dicomInstanceUid": "dicom_instance_uid",
    "dicomStudyUid": "dicom_study_uid",
    "dicomSeriesUid": "dicom_series_uid",
    "frameCount": "frame_count",
    "audioSampleRate": "audio_sample_rate",
    "audioBitDepth": "audio_bit_depth",
    "audioCodec": "audio_codec",
    "audioNumChannels": "audio_num_channels",
    "backedDataUnitsCount": "backed",
}

UNSIGNED_TYPES = frozenset(("scene", "dicomSeries", "imageGroup", "imageSequence", "group"))
"""Items that are no one object, so that no URL of theirs can be signed."""


def item(row: RowMapping, *, signed_url: str | None = None) -> dict[str, Any]:
    """Return an item as the API shows it; *row* carries the count of data rows that it backs."""
    shown: dict[str, Any] = {wire: row[column] for wire, column in _COLUMNS.items()}
    shown["signedUrl"] = signed_url
    shown["isPlaceholder"] = False
    if row["details"] != "{}":
        shown["timeseriesSettings"] = json.loads(row["details"]).get("timeseriesSettings")
    return shown


def short(row: RowMapping, folder_name: str) -> dict[str, Any]:
    """Return the few words that a summary has for an item."""
    return {
        "uuid": row[items.c.uuid.name],
        "name": row["name"],
        "parentUuid": row["folder_uuid"],
        "parentName": folder_name,
        "itemType": row["item_type"],
    }

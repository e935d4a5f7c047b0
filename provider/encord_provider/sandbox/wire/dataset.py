"""Datasets and data rows on the wire."""

import json
from typing import Any

from sqlalchemy import RowMapping

from encord_provider.sandbox.kinds import DATA_TYPES, STORAGE_LOCATIONS


def listed(row: RowMapping) -> dict[str, Any]:
    """Return a dataset as the v2 listing shows it."""
    return {
        "datasetUuid": row["uuid"],
        "datasetHash": row["uuid"],  # what SDKs of before December 2024 read
        "title": row["title"],
        "description": row["description"],
        "createdAt": row["created_at"],
        "lastEditedAt": row["last_edited_at"],
        "userRole": "admin",
        "storageLocation": 0,
        "backingFolderUuid": row["backing_folder_uuid"],
    }


def legacy(row: RowMapping, data_rows: list[dict[str, Any]] | None) -> dict[str, Any]:
    """Return a dataset as the legacy API shows it, with its rows unless they are None."""
    shown: dict[str, Any] = {
        "dataset_hash": row["uuid"],
        "title": row["title"],
        "description": row["description"],
        "dataset_type": "CORD_STORAGE",
        "backing_folder_uuid": row["backing_folder_uuid"],
    }
    return shown if data_rows is None else shown | {"data_rows": data_rows}


def data_row(row: RowMapping, *, client_metadata: bool, signed_url: str | None = None) -> dict[str, Any]:
    """Return a data row, joined with its item, as the legacy API shows it."""
    return {
        "data_hash": row["row_uuid"],
        "data_title": row["name"],
        "data_type": DATA_TYPES[row["item_type"]],
        "created_at": row["row_created_at"],
        "last_edited_at": row["row_last_edited_at"],
        "width": row["width"],
        "height": row["height"],
        "file_link": row["url"],
        "file_size": row["file_size"],
        "file_type": row["mime_type"],
        "storage_location": STORAGE_LOCATIONS[row["storage_location"]],
        "frames_per_second": row["fps"],
        "duration": row["duration"],
        "client_metadata": json.loads(row["client_metadata"]) if client_metadata else None,
        "signed_url": signed_url,
        "is_optimised_image_group": row["item_type"] == "imageSequence",
        "backing_item_uuid": row["uuid"],
    }


def image_data(frame: RowMapping, signed_url: str | None) -> dict[str, Any]:
    """Return a frame of a group as a data row of the legacy API shows it."""
    return {
        "image_hash": frame["uuid"],
        "title": frame["name"],
        "file_link": frame["url"],
        "file_type": frame["mime_type"],
        "file_size": frame["file_size"],
        "storage_location": STORAGE_LOCATIONS[frame["storage_location"]],
        "created_at": frame["created_at"],
        "last_edited_at": frame["last_edited_at"],
        "width": frame["width"],
        "height": frame["height"],
        "signed_url": signed_url,
    }

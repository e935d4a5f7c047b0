"""Folders on the wire."""

from typing import Any

from sqlalchemy import Connection, RowMapping

from encord_provider.sandbox import folders
from encord_provider.sandbox.folders import FolderSummary

_COUNTS = {
    "videos": "video",
    "images": "image",
    "imageGroups": "imageGroup",
    "imageSequences": "imageSequence",
    "dicomFiles": "dicomFile",
    "dicomSeries": "dicomSeries",
    "niftis": "nifti",
    "audios": "audio",
    "pdfs": "pdf",
    "plainTexts": "plainText",
}


def folder(connection: Connection, row: RowMapping) -> dict[str, Any]:
    """Return a folder as the API shows it."""
    return {
        "uuid": row["uuid"],
        "parent": row["parent"],
        "name": row["name"],
        "description": row["description"],
        "clientMetadata": row["client_metadata"],
        "owner": row["owner"],
        "createdAt": row["created_at"],
        "lastEditedAt": row["last_edited_at"],
        "userRole": "admin",
        "syncedDatasetHash": row["synced_dataset_uuid"],
        "pathToRoot": [_step(step) for step in folders.path_to_root(connection, row)],
        "folderType": "cloudLinked" if row["remote_url"] else "generic",
        "integrationHash": row["integration_uuid"],
        "remoteUrl": row["remote_url"],
    }


def summary(found: FolderSummary) -> dict[str, Any]:
    """Return a folder's summary as the API shows it."""
    counts = {name: found.items.get(item_type, 0) for name, item_type in _COUNTS.items()}
    return counts | {
        "files": sum(found.items.values()),
        "folders": found.folders,
        "tombstones": found.tombstones,
        "uploadJobs": found.upload_jobs,
        "totalSize": found.total_size,
    }


def _step(row: RowMapping) -> dict[str, Any]:
    return {
        "uuid": row["uuid"],
        "parentUuid": row["parent"],
        "name": row["name"],
        "syncedDatasetHash": row["synced_dataset_uuid"],
    }

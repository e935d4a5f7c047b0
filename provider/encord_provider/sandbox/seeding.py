"""A world filled at once: what the size of an account is tried with, without registering it item by item."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from encord_provider.sandbox import folders, items
from encord_provider.sandbox.client_metadata import as_jsonb
from encord_provider.sandbox.clock import Clock
from encord_provider.sandbox.database import Database
from encord_provider.sandbox.folders import NewFolder
from encord_provider.sandbox.registration.draft import FACTS

OWNER = "seed@example.com"
"""Whose the seeded folders and items are."""

IMAGE = {"file_size": 200_000, "mime_type": "image/jpeg", "height": 1080, "width": 1920}
"""What each seeded image is said to be."""


def seed_images(
    state: Path, folder: str, titles: Sequence[str], metadata: Mapping[str, Any] | None = None
) -> str:
    """Put a folder of images into the world that is kept in *state*; return the folder's UUID.

    Args:
        state: Directory of the world; no sandbox may be running on it.
        folder: Name of the new folder.
        titles: A title for each image.
        metadata: Custom metadata that all of them have.

    """
    state.mkdir(parents=True, exist_ok=True)
    database, now = Database(state / "sandbox.db"), Clock().stamp()
    try:
        with database.writing() as connection:
            made = folders.create(connection, NewFolder(folder, OWNER), now)
            common = {
                "folder_uuid": made["uuid"],
                "item_type": "image",
                "description": "",
                "client_metadata": as_jsonb(dict(metadata or {})),
                "owner": OWNER,
                "created_at": now,
                "last_edited_at": now,
                "is_frame": False,
                "is_tombstone": False,
                "storage_location": "s3",
                "integration_uuid": None,
                "details": "{}",
                "e_tag": None,
                **{fact: IMAGE.get(fact) for fact in FACTS},
            }
            rows = ((title, f"https://seeded.example.com/{made['uuid']}/{title}") for title in titles)
            items.add(
                connection,
                [
                    {"uuid": str(uuid4()), "name": title, "url": url, "identity": url} | common
                    for title, url in rows
                ],
                [],
            )
            return str(made["uuid"])
    finally:
        database.close()

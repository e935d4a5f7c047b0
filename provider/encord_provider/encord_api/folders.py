"""Storage folders by exact name."""

from uuid import UUID

from encord.storage import StorageFolder
from encord.user_client import EncordUserClient

from encord_provider.encord_api.faults import encord_faults
from encord_provider.errors import Ambiguous, NotFound

PAGE = 1000
"""Entries a page; the most the API takes (encord 0.1.211)."""


def uuid_of(text: str) -> UUID | None:
    """Return the UUID that *text* spells, if it does: with hyphens, since a name may be 32 digits, too."""
    try:
        uuid = UUID(text)
    except ValueError:
        return None
    return uuid if str(uuid) == text.lower() else None


def find_folder(client: EncordUserClient, name: str) -> StorageFolder | None:
    """Return the folder of exactly this name or UUID; None when no folder has the name.

    The platform's search is fuzzy and names are not unique.

    Raises:
        Ambiguous: Several folders have the name.
        Refused: The UUID names no folder that the key may see.

    """
    uuid = uuid_of(name)
    with encord_faults(f"find the folder {name!r}"):
        if uuid is not None:
            return client.get_storage_folder(uuid)
        found = [f for f in client.find_storage_folders(search=name, page_size=PAGE) if f.name == name]
    if len(found) > 1:
        raise Ambiguous("folder", name, [str(folder.uuid) for folder in found])
    return found[0] if found else None


def get_folder(client: EncordUserClient, name: str) -> StorageFolder:
    """Return the folder of exactly this name or UUID.

    Raises:
        NotFound: No folder has the name.

    """
    folder = find_folder(client, name)
    if folder is None:
        raise NotFound("folder", name)
    return folder

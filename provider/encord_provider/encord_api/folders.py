"""Storage folders by exact name or path."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from encord.orm.storage import StorageItemType
from encord.storage import StorageFolder, StorageItem
from encord.user_client import EncordUserClient

from encord_provider.encord_api.faults import encord_faults
from encord_provider.errors import Ambiguous, BadPattern, NotFound

PAGE = 1000
"""Entries a page; the most the API takes (encord 0.1.211)."""


def uuid_of(text: str) -> UUID | None:
    """Return the UUID that *text* spells, if it does: with hyphens, since a name may be 32 digits, too."""
    try:
        uuid = UUID(text)
    except ValueError:
        return None
    return uuid if str(uuid) == text.lower() else None


def path_of(name: str) -> list[str]:
    """Return the names of a path, from the top: ``/fleet/2026``; none when *name* is no path, and may hold slashes."""
    return [part for part in name.split("/") if part] if name.startswith("/") else []


def find_folder(client: EncordUserClient, name: str) -> StorageFolder | None:
    """Return the folder of exactly this name, path or UUID; None when there is none of that name or path.

    The platform's search is fuzzy and names are not unique.

    Raises:
        Ambiguous: Several folders have the name, or the path.
        Refused: The UUID names no folder that the key may see.

    """
    uuid = uuid_of(name)
    with encord_faults(f"find the folder {name!r}"):
        if uuid is not None:
            return client.get_storage_folder(uuid)
        if path := path_of(name):
            return _at(client, path)
        return _only(name, name, client.find_storage_folders(search=name, page_size=PAGE))


def create_folder(
    client: EncordUserClient,
    name: str,
    description: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> StorageFolder:
    """Create the folder of this name, at the top; or of this path, with those above it that are absent."""
    *above, last = path_of(name) or [name]
    with encord_faults(f"create the folder {name!r}"):
        parent = None
        for depth in range(1, len(above) + 1):
            found = _at(client, above[:depth])
            parent = found or client.create_storage_folder(above[depth - 1], parent_folder=parent)
        return client.create_storage_folder(
            last, description, dict(metadata) if metadata else None, parent_folder=parent
        )


def _at(client: EncordUserClient, path: Collection[str]) -> StorageFolder | None:
    folder: StorageFolder | None = None
    for number, name in enumerate(path, start=1):
        listing = folder.list_subfolders if folder else client.list_storage_folders
        shown = "/" + "/".join(list(path)[:number])
        folder = _only(shown, name, listing(search=name, page_size=PAGE))
        if folder is None:
            return None
    return folder


def _only(shown: str, name: str, found: Iterable[StorageFolder]) -> StorageFolder | None:
    named = [folder for folder in found if folder.name == name]
    if len(named) > 1:
        raise Ambiguous("folder", shown, [str(folder.uuid) for folder in named])
    return named[0] if named else None


def items_in(
    folder: StorageFolder, search: str | None, item_types: Collection[str], *, metadata: bool
) -> Iterable[StorageItem]:
    """List the items of *folder* itself by name, a page a request.

    Raises:
        BadPattern: Encord has no such type.

    """
    known = [kind.value for kind in StorageItemType]
    for unknown in sorted(set(item_types) - set(known)):
        raise BadPattern("item_types", unknown, f"Encord has {', '.join(known)}")
    types = [StorageItemType(item_type) for item_type in item_types]
    return folder.list_items(
        search=search, item_types=types or None, include_client_metadata=metadata, page_size=PAGE
    )


def get_folder(client: EncordUserClient, name: str) -> StorageFolder:
    """Return the folder of exactly this name, path or UUID.

    Raises:
        NotFound: No folder has the name, or the path.

    """
    folder = find_folder(client, name)
    if folder is None:
        raise NotFound("folder", name)
    return folder

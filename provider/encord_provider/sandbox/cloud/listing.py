"""List what lies under a prefix, as a cloud-synced folder does."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import obstore

from encord_provider.sandbox.cloud.address import address_of
from encord_provider.sandbox.cloud.integration import Integration
from encord_provider.sandbox.cloud.stored import storage_faults
from encord_provider.sandbox.cloud.stores import Store, store_of

_KEYS_A_CHUNK = 1000  # the storages' own page size


@dataclass(frozen=True)
class ListedObject:
    """One object of a listing."""

    url: str
    """In the form of the URL that was listed."""

    e_tag: str | None
    """Changes whenever the object does."""


def list_objects(integration: Integration, remote_url: str) -> Iterator[ListedObject]:
    """Yield each object under *remote_url*, the prefix of a cloud-synced folder.

    Objects come in the storage's order, without the markers of empty directories.

    Raises:
        ObjectUnreadable: The prefix cannot be listed.

    """
    prefix = f"{remote_url.rstrip('/')}/"
    address = address_of(integration, prefix)
    encoded = not prefix.lower().startswith(("s3://", "gs://"))
    store = store_of(integration, address)
    with storage_faults(remote_url):
        for chunk in obstore.list(store, address.key, chunk_size=_KEYS_A_CHUNK):
            for found in chunk:
                if found["size"] or _exists(store, found["path"]):
                    rest = found["path"].removeprefix(address.key)
                    yield ListedObject(prefix + (quote(rest) if encoded else rest), found["e_tag"])


def _exists(store: Store, key: str) -> bool:
    """Tell an empty object from the marker of a directory, which obstore lists without its slash."""
    try:
        obstore.head(store, key)
    except FileNotFoundError:
        return False
    return True

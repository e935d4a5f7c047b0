"""An object in a bucket, read through obstore."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

import obstore
from obstore.exceptions import BaseError, InvalidPathError, PermissionDeniedError, UnauthenticatedError

from encord_provider.sandbox.cloud.address import address_of
from encord_provider.sandbox.cloud.integration import Integration
from encord_provider.sandbox.cloud.object_reader import ObjectUnreadable
from encord_provider.sandbox.cloud.stores import Store, store_of


@dataclass(frozen=True)
class StoredObject:
    """An :class:`ObjectReader` over one key of one bucket."""

    url: str
    store: Store
    key: str
    size: int

    @classmethod
    def open(cls, integration: Integration, url: str) -> Self:
        """Find the object and its size with one HEAD request.

        Raises:
            ObjectUnreadable: It is missing, forbidden, or *url* is none of this integration's.

        """
        address = address_of(integration, url)
        if not address.key:
            raise ObjectUnreadable(url, "The URL names a bucket, not an object")
        store = store_of(integration, address)
        with storage_faults(url):
            return cls(url, store, address.key, obstore.head(store, address.key)["size"])

    def read(self, start: int, length: int) -> bytes:
        """Return *length* bytes from offset *start*, or fewer where the object ends."""
        wanted = min(length, self.size - start)
        if wanted <= 0:  # storages answer an empty range with an error
            return b""
        with storage_faults(self.url):
            return obstore.get_range(self.store, self.key, start=start, length=wanted).to_bytes()

    def read_all(self) -> bytes:
        """Return the whole object."""
        with storage_faults(self.url):
            return obstore.get(self.store, self.key).bytes().to_bytes()


@contextmanager
def storage_faults(url: str) -> Iterator[None]:
    """Turn the storage's errors into :class:`ObjectUnreadable`.

    The storage's own text stays out of the reason: it may quote signed URLs.

    """
    try:
        yield
    except FileNotFoundError as error:
        raise ObjectUnreadable(url, "The object does not exist") from error
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise ObjectUnreadable(url, "Access to the object was denied") from error
    except (InvalidPathError, ValueError) as error:
        raise ObjectUnreadable(url, "The object's key has a segment that is empty, '.' or '..'") from error
    except BaseError as error:
        raise ObjectUnreadable(url, "The storage could not be reached or failed to answer") from error

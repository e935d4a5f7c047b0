"""One bucket through obstore: listing, range reads and small writes.

Only the synchronous interface is used: the asynchronous one aborts short processes at their exit. Nothing
here runs at import, since a process that forks must not have used a store before.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import obstore
from obstore.exceptions import UnauthenticatedError
from obstore.store import ObjectStore

from encord_provider.buckets.credentials import Renewing
from encord_provider.buckets.faults import FAULTS, fault_of, is_past_the_end
from encord_provider.errors import EncordProviderError
from encord_provider.manifest.objects import BucketObject

PAGE = 1000
"""Objects a page; what S3 answers at most (docs.aws.amazon.com, ListObjectsV2)."""

_AZURE_FOLDER = "hdi_isfolder"
"""Metadata of an empty blob that stands for a folder, where an account has them (hierarchical namespace)."""


@dataclass(frozen=True)
class Bucket:
    """A bucket that can be listed and read, and how its objects are spelled as URLs."""

    name: str
    """For messages, for example ``s3://fleet-cameras``."""

    store: ObjectStore
    url_of: Callable[[str], str]
    """Key to the one URL under which Encord knows the object."""

    conn_id: str | None = None
    """Airflow connection that opened it, for messages; None for a directory."""

    def pages(self, prefix: str = "") -> Iterator[list[BucketObject]]:
        """Yield the objects whose keys begin with *prefix*, a page at a time, in the store's order.

        The markers that consoles leave for "folders" are no objects.

        Raises:
            NotFound: There is no such bucket.
            BadConnection: The bucket refuses the credentials.
            BadSource: The bucket holds a key that cannot be read.
            BucketUnavailable: The store does not answer.

        """
        directory = prefix.rpartition("/")[0]  # obstore's own prefix ends at a path segment
        with self._faults():
            for page in obstore.list(self.store, directory or None, chunk_size=PAGE):
                yield [
                    BucketObject(
                        key=meta["path"],
                        url=self.url_of(meta["path"]),
                        size=meta["size"],
                        version=(meta["e_tag"] or meta["version"] or "").strip('"'),
                        last_modified=meta["last_modified"],
                    )
                    for meta in page
                    if meta["path"].startswith(prefix) and (meta["size"] or self._is_object(meta["path"]))
                ]

    def read(self, key: str) -> bytes:
        """Return the whole of one small object.

        Raises:
            NotFound: There is no such bucket or object.
            BadConnection: The bucket refuses the credentials.
            BucketUnavailable: The store does not answer.

        """
        with self._faults(key):
            return bytes(obstore.get(self.store, key).bytes())

    def read_range(self, key: str, start: int, length: int) -> bytes:
        """Return *length* bytes of an object from *start*; fewer at its end, none after it.

        Raises:
            NotFound: There is no such bucket or object.
            BadConnection: The bucket refuses the credentials.
            BucketUnavailable: The store does not answer.

        """
        with self._faults(key):
            try:
                return bytes(obstore.get_range(self.store, key, start=start, length=length))
            except FAULTS as error:
                if is_past_the_end(error):
                    return b""
                raise

    def write(self, key: str, content: bytes | Iterator[bytes]) -> None:
        """Write one object, whole or not at all; a large one in pieces, as they come.

        Raises:
            NotFound: There is no such bucket.
            BadConnection: The bucket refuses the credentials.
            BucketUnavailable: The store does not answer.

        """
        with self._faults(key):
            obstore.put(self.store, key, content)

    def _is_object(self, key: str) -> bool:
        """Tell an empty object from a marker: obstore lists ``a/`` as ``a``, and there is no ``a``."""
        try:
            attributes = obstore.get(self.store, key).attributes
        except FileNotFoundError:
            return False
        return attributes.get(_AZURE_FOLDER) != "true"

    @contextmanager
    def _faults(self, key: str | None = None) -> Iterator[None]:
        try:
            yield
        except FAULTS as error:
            raise (
                self._fault_of_credentials(error) or fault_of(error, self.name, self.conn_id, key)
            ) from None

    def _fault_of_credentials(self, error: Exception) -> EncordProviderError | None:
        """Return why there are no credentials, when that is why the request failed."""
        provider = getattr(self.store, "credential_provider", None)
        if isinstance(error, UnauthenticatedError) and isinstance(provider, Renewing):
            return provider.fault
        return None

"""One bucket through obstore: listing, range reads and small writes.

Only the synchronous interface is used: the asynchronous one aborts short processes at their exit. Nothing
here runs at import, since a process that forks must not have used a store before.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import UnauthenticatedError
from obstore.store import ObjectStore

from encord_provider.buckets.checkpoint import Checkpoint
from encord_provider.buckets.credentials import Renewing
from encord_provider.buckets.faults import FAULTS, fault_of, is_past_the_end, overwritten
from encord_provider.buckets.key_order import is_after, just_before
from encord_provider.buckets.listing import WALKS, Listing
from encord_provider.buckets.walk import StorePage
from encord_provider.errors import BadSource, EncordProviderError, NotFound
from encord_provider.manifest.objects import BucketObject

if TYPE_CHECKING:
    from obstore import GetOptions, ObjectMeta

DOWNLOAD_BYTES = 1024 * 1024
"""Bytes of an object that are held at a time while it is downloaded; the last piece may be smaller."""

PAGE = 1000
"""Objects a page; what S3 answers at most (docs.aws.amazon.com, ListObjectsV2)."""

_AZURE_FOLDER = "hdi_isfolder"
"""Metadata of an empty blob that stands for a folder, where an account has them (hierarchical namespace)."""


def version_of(meta: "ObjectMeta") -> str:
    """Return the ETag of an object, without its quotes; what else names its version where it has none."""
    return (meta["e_tag"] or meta["version"] or "").strip('"')


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

    ordered: bool = True
    """Keys are listed in an order, and a listing can begin after any key."""

    def listing(self, prefix: str = "", *, since: Checkpoint | None = None, walks: int = WALKS) -> Listing:
        """Return the listing of the objects whose keys begin with *prefix*, to be iterated over once.

        The markers that consoles leave for "folders" are no objects.

        Args:
            prefix: It need not end at a slash.
            since: Where an earlier listing of the same prefix stood.
            walks: How many ranges of keys are listed at a time.

        """
        return Listing(partial(self._list, prefix), prefix, walks=walks, since=since, ordered=self.ordered)

    def pages(self, prefix: str = "") -> Iterator[list[BucketObject]]:
        """Yield the objects whose keys begin with *prefix*, a page at a time, in no order.

        Raises:
            NotFound: There is no such bucket.
            BadConnection: The bucket refuses the credentials.
            BadSource: The bucket holds a key that cannot be read.
            BucketUnavailable: The store does not answer.

        """
        return iter(self.listing(prefix))

    def head(self, key: str) -> BucketObject:
        """Return one object as a listing would report it.

        Raises:
            NotFound: There is no such bucket or object.
            BadSource: A key that cannot be read.
            BadConnection: The bucket refuses the credentials.
            BucketUnavailable: The store does not answer.

        """
        try:
            with self._faults(key):
                return self._described(obstore.head(self.store, key))
        except ValueError as error:
            raise BadSource(f"{self.name}/{key}", str(error)) from None

    def find(self, key: str) -> BucketObject | None:
        """Return one object as a listing would report it, None when there is none; raises what `head` raises."""
        try:
            return self.head(key)
        except NotFound as error:
            if error.what == "object":
                return None
            raise

    def read(self, key: str) -> bytes:
        """Return the whole of one small object.

        Raises:
            NotFound: There is no such bucket or object.
            BadConnection: The bucket refuses the credentials.
            BucketUnavailable: The store does not answer.

        """
        with self._faults(key):
            return bytes(obstore.get(self.store, key).bytes())

    def download(self, key: str, path: Path) -> None:
        """Write one object of any size into a new file, in pieces, as they come.

        Raises:
            NotFound: There is no such bucket or object.
            BadConnection: The bucket refuses the credentials.
            BucketUnavailable: The store does not answer.

        """
        with self._faults(key), path.open("xb") as out:
            for piece in obstore.get(self.store, key).stream(min_chunk_size=DOWNLOAD_BYTES):
                out.write(piece)

    def attributes(self, key: str) -> dict[str, str]:
        """Return what the store says of one object beside its content: its ``Content-Type``, and its own metadata.

        Raises:
            NotFound: There is no such bucket or object.
            BadConnection: The bucket refuses the credentials.
            BucketUnavailable: The store does not answer.

        """
        with self._faults(key):
            return dict(obstore.get(self.store, key, options={"head": True}).attributes)

    def content_type(self, key: str) -> str | None:
        """Return the content type that the store has for one object; see `attributes`."""
        return self.attributes(key).get("Content-Type")

    def read_range(self, key: str, start: int, length: int, version: str = "") -> bytes:
        """Return *length* bytes of an object from *start*; fewer at its end, none after it.

        Args:
            key: What to read.
            start: Bytes before what is read.
            length: How many bytes.
            version: An ETag as listings report it: nothing else is read. By default, what is there now.

        Raises:
            NotFound: There is no such bucket, object or version: it has been overwritten.
            BadConnection: The bucket refuses the credentials.
            BucketUnavailable: The store does not answer.

        """
        options: GetOptions = {"range": (start, start + length)}
        if version:
            options["if_match"] = f'"{version}"'
        with self._faults(key):
            try:
                found = obstore.get(self.store, key, options=options)
                if version and version_of(found.meta) not in (
                    version,
                    "",
                ):  # not every server looks at If-Match
                    raise overwritten(self.name, key)
                return bytes(found.bytes())
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

    def _list(self, prefix: str, after: str | None) -> Iterator[StorePage]:
        directory = prefix.rpartition("/")[0]  # obstore's own prefix ends at a path segment
        begin = (after or just_before(prefix)) if self.ordered else None
        with self._faults():
            for metas in self._metas(directory, begin):
                keys = [meta["path"] for meta in metas]
                yield StorePage(keys, [self._object(meta, prefix) for meta in metas])
                if self.ordered and not keys[-1].startswith(prefix) and is_after(keys[-1], prefix):
                    return

    def _metas(self, directory: str, after: str | None) -> "Iterator[Sequence[ObjectMeta]]":
        try:
            return iter(obstore.list(self.store, directory or None, offset=after, chunk_size=PAGE))
        except ValueError as error:
            raise BadSource(f"{self.name}/{directory}/", str(error)) from None

    def _object(self, meta: "ObjectMeta", prefix: str) -> BucketObject | None:
        key = meta["path"]
        if not key.startswith(prefix) or not (meta["size"] or self._is_object(key)):
            return None
        return self._described(meta)

    def _described(self, meta: "ObjectMeta") -> BucketObject:
        key = meta["path"]
        return BucketObject(key, self.url_of(key), meta["size"], version_of(meta), meta["last_modified"])

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

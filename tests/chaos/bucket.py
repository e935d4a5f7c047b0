"""The bucket that a storm blows over, with all that was ever in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from urllib.parse import quote, unquote

import obstore
from obstore.store import MemoryStore, ObjectStore

from encord_provider.buckets.bucket import Bucket
from encord_provider.buckets.checkpoint import Checkpoint
from encord_provider.buckets.listing import Listing
from encord_provider.manifest.objects import BucketObject
from encord_provider.sandbox.cloud import Integration, ObjectUnreadable
from tests.chaos.clock import Clock
from tests.chaos.processes import reach

HOST = "https://fleet.s3.eu-central-1.amazonaws.com/"

PAGE = 4
"""Objects a page: few, so that the bucket can change in the middle of a listing."""


@dataclass(frozen=True)
class Version:
    """What was written under a key at one time."""

    key: str
    version: str
    body: bytes = field(repr=False)
    written: float


@dataclass(frozen=True)
class WatchedBucket(Bucket):
    """Stops the process before every page of a listing and around every write."""

    past: "Past" = field(kw_only=True)

    def listing(self, prefix: str = "", *, since: Checkpoint | None = None, walks: int = 1) -> Listing:
        """Return a listing of small pages."""
        assert since is None, "a watched listing has no checkpoint"
        whole = partial(super().listing, prefix, walks=walks)
        return WatchedListing(self, prefix, whole)

    def write(self, key: str, content: bytes | Iterator[bytes]) -> None:
        """Write a manifest or a receipt."""
        kind = key.rpartition("/")[0].rpartition("/")[2]
        reach(f"write to {kind}: to be stored")
        super().write(key, content)
        reach(f"write to {kind}: stored")


class WatchedListing(Listing):
    """Pages of a few objects, each as the bucket is when it is asked for."""

    def __init__(self, bucket: WatchedBucket, prefix: str, whole: Callable[[], Listing]) -> None:
        super().__init__(lambda *_: iter(()), prefix, ordered=False)  # the store is asked through *whole*
        self._bucket = bucket
        self._whole = whole

    def __iter__(self) -> Iterator[list[BucketObject]]:
        """Yield them by key."""
        last = ""
        while True:
            reach("list a page")
            listed = [obj for page in self._whole() for obj in page if obj.key > last]
            page = sorted(listed, key=lambda obj: obj.key)[:PAGE]
            if not page:
                return
            last = page[-1].key
            yield [self._bucket.past.as_listed(obj) for obj in page]


@dataclass
class Past:
    """What the people who own the bucket did to it."""

    clock: Clock
    store: ObjectStore = field(default_factory=MemoryStore)
    url_prefix: str = HOST
    versions: dict[str, list[Version]] = field(default_factory=dict)
    """By key, oldest first."""

    deleted: set[str] = field(default_factory=set)
    """Keys that were missing for a time."""

    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url_of(self, key: str) -> str:
        """Spell an object's URL."""
        return self.url_prefix + quote(key, safe="/~")

    def key_of(self, url: str) -> str:
        """Take an object's URL apart."""
        return unquote(url.removeprefix(self.url_prefix))

    def bucket(self) -> WatchedBucket:
        """Open the bucket as a task does."""
        return WatchedBucket(name="s3://fleet", store=self.store, url_of=self.url_of, past=self)

    def put(self, key: str, body: bytes) -> None:
        """Write an object."""
        obstore.put(self.store, key, body)
        version = Version(key, f"v{next(self._numbers)}", body, self.clock.time())
        self.versions.setdefault(key, []).append(version)

    def delete(self, key: str) -> None:
        """Remove an object."""
        obstore.delete(self.store, key)
        self.deleted.add(key)

    def there(self) -> list[str]:
        """Return the keys that are there now."""
        return sorted(meta["path"] for page in obstore.list(self.store) for meta in page)

    def present(self) -> list[Version]:
        """Return the versions that are there now."""
        return [self.versions[key][-1] for key in self.there()]

    def as_listed(self, obj: BucketObject) -> BucketObject:
        """Give a listed object the storm's own version and time."""
        newest = self.versions[obj.key][-1]
        modified = datetime.fromtimestamp(newest.written, UTC)
        return replace(obj, version=newest.version, last_modified=modified)

    def open_object(self, _integration: Integration | None, url: str) -> "StoredBytes":
        """Read an object as Encord does."""
        try:
            return StoredBytes(bytes(obstore.get(self.store, self.key_of(url)).bytes()))
        except FileNotFoundError:
            raise ObjectUnreadable(url, "The object does not exist") from None


@dataclass(frozen=True)
class StoredBytes:
    """An object, read whole."""

    content: bytes

    @property
    def size(self) -> int:
        """The size in bytes."""
        return len(self.content)

    def read(self, start: int, length: int) -> bytes:
        """Return part of it."""
        return self.content[start : start + length]

    def read_all(self) -> bytes:
        """Return the whole of it."""
        return self.content

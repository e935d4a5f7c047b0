"""Where a test keeps its objects: a prefix of its own on the real S3 server that the session shares."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from obstore.store import S3Store

from demo.bucket_server import BucketServer


@dataclass(frozen=True)
class Bucket:
    """A prefix in a bucket; keys are relative to it and raw."""

    server: BucketServer

    name: str
    """The bucket. One serves the whole session, since every bucket costs the server a volume."""

    prefix: str
    """Ends in a slash."""

    def put(self, key: str, body: bytes) -> str:
        """Write an object and return its URL."""
        self._store.put(self.prefix + key, body)
        return self.url(key)

    def delete(self, key: str) -> None:
        """Remove an object."""
        self._store.delete(self.prefix + key)

    def url(self, key: str) -> str:
        """Spell the object's path-style URL; the empty key gives the prefix."""
        return f"{self.server.endpoint}/{self.name}/{quote(self.prefix + key, safe='/~')}"

    def uri(self, key: str) -> str:
        """Spell the object's ``s3://`` URI."""
        return f"s3://{self.name}/{self.prefix}{key}"

    @cached_property
    def _store(self) -> S3Store:
        return self.server.store(self.name)

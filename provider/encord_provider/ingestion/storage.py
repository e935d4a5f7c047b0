"""Where manifests and receipts are kept, by reference."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from encord_provider.buckets.bucket import Bucket
from encord_provider.buckets.location import Location

ONE_REQUEST: Final = 5 * 1024**2
"""Bytes; what is smaller is written by one request, as S3 wants it (docs.aws.amazon.com, "multipart upload limits")."""


@dataclass(frozen=True)
class Storage:
    """A place in a bucket or directory for small files."""

    bucket: Bucket
    root: Location

    def write(self, name: str, content: bytes) -> str:
        """Store *content* under the root and return its URI."""
        place = self._place(name)
        self.bucket.write(place.path, content)
        return str(place)

    def write_pieces(self, name: str, pieces: Iterator[bytes]) -> str:
        """Store what may not fit into memory, piece by piece, under the root and return its URI."""
        begun = bytearray()
        for piece in pieces:
            begun += piece
            if len(begun) >= ONE_REQUEST:
                place = self._place(name)
                self.bucket.write(place.path, chain([bytes(begun)], pieces))
                return str(place)
        return self.write(name, bytes(begun))

    def read(self, uri: str) -> bytes:
        """Return what `write` stored under *uri*."""
        whole = Location.parse(uri)
        directory = f"{whole.bucket}/".removeprefix(f"{self.root.bucket}/") if whole.scheme == "file" else ""
        return self.bucket.read(f"{directory}{whole.path}")

    def uri(self, name: str) -> str:
        """Return where `write` stores what it is given under *name*."""
        return str(self._place(name))

    def _place(self, name: str) -> Location:
        return Location(self.root.scheme, self.root.bucket, f"{self.root.path}{name}")

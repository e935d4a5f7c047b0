"""Bucket URIs, taken apart."""

from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import quote, unquote, urlsplit

from encord_provider.errors import BadSource

SCHEMES: Final = ("s3", "gs", "az", "file")
"""Schemes that this version reads."""


@dataclass(frozen=True)
class Location:
    """A bucket and a prefix or key in it; for ``file`` the bucket is a directory."""

    scheme: str
    bucket: str
    path: str
    """Prefix or key, without a leading slash, exactly as the store spells it."""

    @classmethod
    def parse(cls, uri: str) -> Self:
        """Take *uri* apart: ``s3://bucket/prefix``, ``gs://``, ``az://container/prefix``, ``file:///directory/``.

        A key in the URI of a cloud is taken as it is, so it may hold ``?``, ``#`` and ``%``.

        Raises:
            BadSource: No bucket, or a scheme that this version does not read.

        """
        scheme, separator, rest = uri.partition("://")
        if not separator or scheme.lower() not in SCHEMES:
            raise BadSource(uri, f"expected one of {', '.join(f'{s}://' for s in SCHEMES)}")
        if scheme.lower() == "file":
            parts = urlsplit(uri)
            if parts.netloc or parts.query or parts.fragment:
                raise BadSource(uri, "expected file:///directory/, with ? and # percent-encoded")
            directory, _, name = unquote(parts.path).rpartition("/")
            return cls("file", directory or "/", name)
        bucket, _, path = rest.partition("/")
        if not bucket:
            raise BadSource(uri, "no bucket after the scheme")
        return cls(scheme.lower(), bucket, path)

    def __str__(self) -> str:
        """Spell the URI again."""
        if self.scheme == "file":
            directory = self.bucket.rstrip("/")
            return f"file://{quote(directory)}/{quote(self.path)}"
        return f"{self.scheme}://{self.bucket}/{self.path}"

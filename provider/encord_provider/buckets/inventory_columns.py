"""What the rows of an inventory say of objects."""

import binascii
from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote, unquote_plus

from encord_provider.buckets.bucket import Bucket
from encord_provider.buckets.inventory_manifest import Contents
from encord_provider.buckets.inventory_rows import Row
from encord_provider.manifest.objects import BucketObject

_NAMES: Final[Mapping[str, str]] = {
    "key": "key",
    "name": "key",
    "url": "url",
    "objecturl": "url",
    "uri": "url",
    "bucket": "bucket",
    "size": "size",
    "contentlength": "size",
    "etag": "etag",
    "md5hash": "md5",
    "lastmodified": "last_modified",
    "lastmodifieddate": "last_modified",
    "updated": "last_modified",
    "islatest": "latest",
    "iscurrentversion": "latest",
    "isdeletemarker": "deleted",
    "deleted": "deleted",
    "hdiisfolder": "deleted",
    "snapshot": "old",
    "timedeleted": "old",
}
"""What columns are called by S3, Google and Azure, without case, ``_`` and ``-``, and what they are."""


class Columns:
    """Reads rows whose columns are called what those of *first* are.

    Raises:
        ValueError: There is no column of keys.

    """

    def __init__(self, first: Row, source: Bucket, contents: Contents) -> None:
        named = {
            _NAMES.get(name.lower().replace("_", "").replace("-", "")): name for name in reversed(list(first))
        }
        if not ("key" in named or "url" in named):
            raise ValueError(f"no column 'key' or 'url' among {', '.join(map(repr, first))}")
        self._named = {of: name for of, name in named.items() if of}
        self._source = source
        self._bucket = source.name.partition("://")[2]
        self._contents = contents
        # A bucket on Google has another ETag in its inventory than in its listings, which have the MD5.
        self._is_google = source.name.startswith("gs://")

    def read(self, row: Row) -> BucketObject | str | None:
        """Return the object that *row* describes, or only its key where it does not say all that a listing says.

        None when it is of no object of the source that exists.

        Raises:
            ValueError: A cell that cannot be read, with the name of its column.

        """
        if not self._is_present(row):
            return None
        key = self._key(row)
        if key is None or key.endswith("/"):
            return None  # another container's, or the marker of a folder
        size, version, time = self._size(row), self._version(row), self._time(row)
        if size is None or version is None or time is None:
            return key
        return BucketObject(key, self._source.url_of(key), size, version, time)

    def _cell(self, row: Row, of: str) -> Any:  # noqa: ANN401 - cells have types of their own
        value = row.get(self._named.get(of, ""))
        return None if value == "" else value

    def _is_present(self, row: Row) -> bool:
        latest, deleted = (str(self._cell(row, of)).lower() for of in ("latest", "deleted"))
        return latest != "false" and deleted != "true" and self._cell(row, "old") is None

    def _key(self, row: Row) -> str | None:
        bucket = self._cell(row, "bucket")
        if bucket not in (None, self._bucket):
            raise ValueError(f"column {self._named['bucket']}: {bucket!r} is not the source's bucket")
        key = self._cell(row, "key")
        if key is None:
            return self._key_in_url(row)
        if self._contents.container_first:
            container, _, blob = str(key).partition("/")
            return blob if container == self._bucket else None
        return unquote_plus(key) if self._contents.encoded else str(key)

    def _key_in_url(self, row: Row) -> str:
        url = self._cell(row, "url")
        if url is None:
            raise ValueError(f"column {self._named.get('key') or self._named['url']}: no key")
        spelled, raw = self._source.url_of("").rstrip("/") + "/", self._source.name + "/"
        if url.startswith(spelled):
            return unquote(url.removeprefix(spelled))
        if url.startswith(raw):
            return str(url.removeprefix(raw))
        raise ValueError(f"column {self._named['url']}: {url!r} is not in {self._source.name}")

    def _size(self, row: Row) -> int | None:
        size = self._cell(row, "size")
        if size is not None and not str(size).isdecimal():
            raise ValueError(f"column {self._named['size']}: {size!r} is no number of bytes")
        return None if size is None else int(size)

    def _version(self, row: Row) -> str | None:
        version = self._cell(row, "md5" if self._is_google else "etag")
        if version is None or not self._is_google:
            return None if version is None else str(version).strip('"')
        try:
            return b64decode(version, validate=True).hex()
        except (binascii.Error, TypeError):
            raise ValueError(f"column {self._named['md5']}: {version!r} is no MD5 in base64") from None

    def _time(self, row: Row) -> datetime | None:
        time = self._cell(row, "last_modified")
        try:
            read = datetime.fromisoformat(time) if isinstance(time, str) else time
        except ValueError:
            read = time
        if not isinstance(read, datetime | None):
            raise ValueError(f"column {self._named['last_modified']}: {time!r} is no time")  # noqa: TRY004 - a fault of the table
        return read.replace(tzinfo=UTC) if read and read.tzinfo is None else read

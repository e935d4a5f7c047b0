"""The URL of an object, taken apart: a type that proves it was read, and the one spelling Encord should get.

Forms after docs.encord.com, "Register cloud data" and "Private cloud integration". In ``https`` forms keys are
percent-encoded; in ``s3://``, ``gs://`` and after the ARN of an access point they stand raw, so that a key with white
space cannot be written there.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import unquote, urlsplit

from encord_provider.errors import BadUrl
from encord_provider.manifest.urls import azure_url, gcs_url, s3_url


class UrlForm(StrEnum):
    """How a URL spells where its object is."""

    S3_VIRTUAL_HOSTED = "S3, virtual-hosted style"
    S3_PATH = "S3, path style"
    S3_PROTOCOL = "S3 protocol"
    S3_LEGACY = "S3, legacy"
    """Without a region, or with ``s3-<region>``: AWS has deprecated it."""
    S3_ACCESS_POINT = "S3 Multi-Region Access Point"
    S3_COMPATIBLE = "S3-compatible"
    OBS = "Open Telekom Cloud"
    GCS_PROTOCOL = "GCS protocol"
    GCS_HTTPS = "GCS, https"
    AZURE = "Azure"
    DIRECT = "direct access"
    """Any other URL, and any with a query, which is signed: Encord fetches it as it is."""


@dataclass(frozen=True)
class ObjectUrl:
    """A URL that was read: two are equal when they spell one object in one form."""

    form: UrlForm

    bucket: str = ""
    """Bucket, container, or the ARN of the access point; empty for direct access."""

    key: str = ""
    """The key as the store has it, nothing encoded; for direct access the whole URL."""

    host: str = ""
    """Region on AWS; scheme and host elsewhere, where they are not the same for all."""

    @classmethod
    def parse(cls, text: str, endpoints: Collection[str] = ()) -> "ObjectUrl":
        """Read a URL.

        Args:
            text: The URL.
            endpoints: Where S3-compatible stores are, for example ``https://minio.example.com``; a URL of such a
                store cannot be told from any other.

        Raises:
            BadUrl: It holds white space, or is no URL.

        """
        if re.search(r"\s", text):
            raise BadUrl(text, "it holds white space; percent-encode it")
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise BadUrl(text, "it holds half a character") from error
        for pattern, form in _RAW:
            match = pattern.fullmatch(text)
            if match:
                return cls(form, match["bucket"], match["key"])
        return cls._parse_http(text, endpoints)

    @classmethod
    def _parse_http(cls, text: str, endpoints: Collection[str]) -> "ObjectUrl":
        try:
            parts = urlsplit(text)
            host = (parts.hostname or "").lower()
            origin = f"{parts.scheme.lower()}://{parts.netloc.lower()}"
            has_port = parts.port is not None
        except ValueError as error:
            raise BadUrl(text, str(error)) from error
        if parts.scheme.lower() not in ("http", "https") or not host:
            raise BadUrl(text, "it is none of the forms that Encord documents, and no http URL")
        if parts.query or parts.fragment or parts.username or text.endswith(("?", "#")):
            return cls(UrlForm.DIRECT, key=text)
        for endpoint in endpoints:
            if origin == endpoint.rstrip("/").lower():
                return _by_path(text, UrlForm.S3_COMPATIBLE, parts.path, origin)
        for pattern, read in _HOSTS:
            match = pattern.fullmatch(host)
            if match and parts.scheme.lower() == "https" and not has_port:
                return read(text, match.groupdict(), parts.path)
        return cls(UrlForm.DIRECT, key=text)

    @property
    def is_deprecated(self) -> bool:
        """Whether the store's own vendor advises against the form."""
        return self.form is UrlForm.S3_LEGACY

    @property
    def canonical(self) -> str:
        """The one spelling: Encord compares URLs as text, so another one of the same object is another item.

        A form stays what it is, but for two on AWS: legacy with a region, whose modern spelling is known, and
        virtual-hosted with a dot in the bucket's name, which no certificate covers.
        """
        return _SPELLINGS[self.form](self)


def _by_path(text: str, form: UrlForm, path: str, host: str) -> ObjectUrl:
    bucket, slash, key = path.removeprefix("/").partition("/")
    if not (bucket and slash and key):
        raise BadUrl(text, "it names no object: expected a bucket, a slash and a key")
    return ObjectUrl(form, bucket, _s3_key(key) if form in _PLUS_IS_SPACE else _decoded(key), host)


def _s3_virtual(text: str, found: dict[str, str], path: str) -> ObjectUrl:
    return ObjectUrl(UrlForm.S3_VIRTUAL_HOSTED, found["bucket"], _s3_key(_key(text, path)), found["region"])


def _s3_path(text: str, found: dict[str, str], path: str) -> ObjectUrl:
    return _by_path(text, UrlForm.S3_PATH, path, found["region"])


def _s3_legacy(text: str, found: dict[str, str], path: str) -> ObjectUrl:
    region = found.get("region") or ""
    if found.get("bucket"):
        return ObjectUrl(UrlForm.S3_LEGACY, found["bucket"], _s3_key(_key(text, path)), region)
    return _by_path(text, UrlForm.S3_LEGACY, path, region)


def _obs(text: str, found: dict[str, str], path: str) -> ObjectUrl:
    return ObjectUrl(UrlForm.OBS, found["bucket"], _s3_key(_key(text, path)), f"https://{found['host']}")


def _gcs(text: str, _: dict[str, str], path: str) -> ObjectUrl:
    return _by_path(text, UrlForm.GCS_HTTPS, path, "")


def _azure(text: str, found: dict[str, str], path: str) -> ObjectUrl:
    key = _key(text, path)
    container, slash, blob = key.partition("/")
    host = f"https://{found['host']}"
    if not slash:  # a blob of the root container, whose names have no slash
        return ObjectUrl(UrlForm.AZURE, AZURE_ROOT, _decoded(key), host)
    if not (container and blob):
        raise BadUrl(text, "it names no blob: expected a container, a slash and a name")
    return ObjectUrl(UrlForm.AZURE, unquote(container), _decoded(blob), host)


def _key(text: str, path: str) -> str:
    key = path.removeprefix("/")
    if not key:
        raise BadUrl(text, "it names no object: the path is empty")
    return key


def _s3_key(path: str) -> str:
    """Decode a key as S3 does: a plus is a space there, so that a literal plus is always ``%2B``."""
    return _decoded(path.replace("+", "%20"))


def _decoded(path: str) -> str:
    try:
        return unquote(path, errors="strict")
    except UnicodeDecodeError as error:
        raise BadUrl(path, "its percent-encoded bytes are no UTF-8, and keys are") from error


def _spell_s3(url: ObjectUrl) -> str:
    return s3_url(url.bucket, url.key, region=url.host)


def _spell_legacy(url: ObjectUrl) -> str:
    if url.host:
        return s3_url(url.bucket, url.key, region=url.host)
    return s3_url(url.bucket, url.key, region="", endpoint="https://s3.amazonaws.com")


AZURE_ROOT: Final = "$root"
"""The container at the root of an account."""

_PLUS_IS_SPACE: Final = frozenset({UrlForm.S3_PATH, UrlForm.S3_LEGACY, UrlForm.S3_COMPATIBLE})

_RAW: Final = (
    (re.compile(r"(?i:s3)://(?P<bucket>[^/]+)/(?P<key>.+)", re.DOTALL), UrlForm.S3_PROTOCOL),
    (re.compile(r"(?i:gs)://(?P<bucket>[^/]+)/(?P<key>.+)", re.DOTALL), UrlForm.GCS_PROTOCOL),
    (
        re.compile(
            r"(?P<bucket>arn:aws[a-z-]*:s3::\d{12}:accesspoint/[a-z0-9][a-z0-9-]*\.mrap)/(?P<key>.+)",
            re.DOTALL,
        ),
        UrlForm.S3_ACCESS_POINT,
    ),
)
"""Forms whose keys stand raw."""

_LEGACY: Final = re.compile(r"https?://(?:[^/]+\.)?s3(?:-[a-z0-9-]+)?\.amazonaws\.com/", re.IGNORECASE)

_REGION: Final = r"(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)"
_AWS: Final = r"amazonaws\.com(?:\.cn)?"

_HOSTS: Final[tuple[tuple[re.Pattern[str], Callable[[str, dict[str, str], str], ObjectUrl]], ...]] = (
    (re.compile(rf"s3\.{_REGION}\.{_AWS}"), _s3_path),
    (re.compile(rf"s3(?:-{_REGION})?\.{_AWS}"), _s3_legacy),
    (re.compile(rf"(?P<bucket>.+)\.s3\.{_REGION}\.{_AWS}"), _s3_virtual),
    (re.compile(rf"(?P<bucket>.+)\.s3(?:-{_REGION})?\.{_AWS}"), _s3_legacy),
    (re.compile(r"(?P<bucket>.+)\.(?P<host>obs\.[a-z0-9-]+\.otc\.t-systems\.com)"), _obs),
    (re.compile(r"storage\.cloud\.google\.com"), _gcs),
    (
        re.compile(
            r"(?P<host>[a-z0-9]{3,24}\.blob\.core\.(?:windows\.net|usgovcloudapi\.net|chinacloudapi\.cn))"
        ),
        _azure,
    ),
)
"""Hosts of the stores, the first that fits; what they say is in the groups."""

_SPELLINGS: Final[dict[UrlForm, Callable[[ObjectUrl], str]]] = {
    UrlForm.S3_VIRTUAL_HOSTED: _spell_s3,
    UrlForm.S3_PATH: lambda url: s3_url(url.bucket, url.key, region="", endpoint=_aws(url.host)),
    UrlForm.S3_PROTOCOL: lambda url: f"s3://{url.bucket}/{url.key}",
    UrlForm.S3_LEGACY: _spell_legacy,
    UrlForm.S3_ACCESS_POINT: lambda url: f"{url.bucket}/{url.key}",
    UrlForm.S3_COMPATIBLE: lambda url: s3_url(url.bucket, url.key, region="", endpoint=url.host),
    UrlForm.OBS: lambda url: s3_url(url.bucket, url.key, region="", endpoint=url.host),
    UrlForm.GCS_PROTOCOL: lambda url: f"gs://{url.bucket}/{url.key}",
    UrlForm.GCS_HTTPS: lambda url: gcs_url(url.bucket, url.key),
    UrlForm.AZURE: lambda url: azure_url(url.host, url.bucket, url.key),
    UrlForm.DIRECT: lambda url: url.key,
}


def _aws(region: str) -> str:
    return f"https://s3.{region}.amazonaws.com" + (".cn" if region.startswith("cn-") else "")


def note_on(text: str) -> str | None:
    """Return what is worth knowing of a URL that nobody need take apart, or None."""
    if _LEGACY.match(text):
        return f"{text:.200} is spelled in a way that AWS has deprecated; write the region"
    if "://" not in text and not text.startswith("arn:"):
        return f"{text:.200} is none of the forms that Encord documents"
    return None

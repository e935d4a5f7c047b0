"""Where a URL points: bucket and key, by the rules of the storage that the integration speaks to.

The forms are those of Encord's data registration guide. Keys in ``s3://`` and ``gs://`` URLs are raw;
keys in http(s) URLs are percent-encoded, and on S3 a plus sign there means a space.

"""

import re
import string
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, unquote_plus, urlsplit

from encord_provider.sandbox.cloud.integration import Integration
from encord_provider.sandbox.cloud.object_reader import ObjectUnreadable

_AWS_HOST = re.compile(r"(?:(?P<bucket>.+)\.)?s3(?:[.-](?P<region>[a-z0-9-]+))?\.amazonaws\.com(?:\.cn)?")
_GCS_HOST = "storage.cloud.google.com"
_AZURE_SUFFIX = ".blob.core.windows.net"
_AZURE_ROOT = "$root"
_NO_PARTS = SplitResult("", "", "", "", "")


@dataclass(frozen=True)
class Address:
    """One object, or the start of several keys when a cloud-synced folder names a prefix."""

    bucket: str
    """Bucket, or container on Azure."""

    key: str
    """Raw key: nothing in it is encoded."""

    region: str | None = None
    """Region that the URL names; None if it names none."""


def address_of(integration: Integration, url: str) -> Address:
    """Locate *url* in the storage of *integration*, which is of any kind but ``direct``.

    Raises:
        ObjectUnreadable: The URL has whitespace in it, or no form that the integration's kind understands.

    """
    if any(character in string.whitespace for character in url):
        raise ObjectUnreadable(url, "The URL contains whitespace; encode it as %20")
    match integration.kind:
        case "s3":
            address = _on_s3(integration, url)
        case "s3-compatible":
            address = _on_endpoint(integration, url)
        case "gcs":
            address = _on_gcs(url)
        case "azure":
            address = _on_azure(integration, url)
        case "direct":
            address = None
    if address is None or not address.bucket:
        raise ObjectUnreadable(url, f"Not a URL of the {integration.kind} integration '{integration.title}'")
    return address


def _on_s3(integration: Integration, url: str) -> Address | None:
    if (raw := _raw(url, scheme="s3")) is not None:
        return raw
    parts = _web_parts(url)
    host = _AWS_HOST.fullmatch(parts.hostname or "")
    if host is None:
        return _on_endpoint(integration, url)
    path = parts.path.removeprefix("/")
    bucket, key = (host["bucket"], path) if host["bucket"] else _first_segment(path)
    return Address(bucket, unquote_plus(key), host["region"])


def _on_endpoint(integration: Integration, url: str) -> Address | None:
    """Read ``<endpoint>/<bucket>/<key>`` and ``<scheme>://<bucket>.<endpoint host>/<key>``."""
    if integration.endpoint is None:
        return None
    if url.startswith(f"{integration.endpoint}/"):
        base = urlsplit(integration.endpoint).path
        bucket, key = _first_segment(_web_parts(url).path.removeprefix(f"{base}/"))
        return Address(bucket, unquote_plus(key))
    parts, endpoint = _web_parts(url), urlsplit(integration.endpoint)
    if parts.scheme == endpoint.scheme and parts.netloc.endswith(f".{endpoint.netloc}"):
        bucket = parts.netloc.removesuffix(f".{endpoint.netloc}")
        return Address(bucket, unquote_plus(parts.path.removeprefix("/")))
    return None


def _on_gcs(url: str) -> Address | None:
    if (raw := _raw(url, scheme="gs")) is not None:
        return raw
    parts = _web_parts(url)
    if parts.scheme != "https" or parts.hostname != _GCS_HOST:
        return None
    bucket, key = _first_segment(parts.path.removeprefix("/"))
    return Address(bucket, unquote(key))


def _on_azure(integration: Integration, url: str) -> Address | None:
    """Read ``https://<account>.blob.core.windows.net/...`` and an emulator's ``<endpoint>/<account>/...``."""
    parts = _web_parts(url)
    if parts.hostname == f"{integration.account_name}{_AZURE_SUFFIX}":
        path = parts.path.removeprefix("/")
    elif integration.endpoint and url.startswith(f"{azure_endpoint(integration)}/"):
        base = urlsplit(azure_endpoint(integration)).path
        path = parts.path.removeprefix(f"{base}/")
    else:
        return None
    container, separator, blob = path.partition("/")
    return Address(unquote(container), unquote(blob)) if separator else Address(_AZURE_ROOT, unquote(path))


def azure_endpoint(integration: Integration) -> str:
    """Return where the integration's account answers: an emulator's endpoint ends in the account's name."""
    account = integration.account_name or ""
    if integration.endpoint is None:
        return f"https://{account}{_AZURE_SUFFIX}"
    if urlsplit(integration.endpoint).path.strip("/") == account:
        return integration.endpoint
    return f"{integration.endpoint}/{account}"


def _raw(url: str, scheme: str) -> Address | None:
    found, separator, rest = url.partition("://")
    if not separator or found.lower() != scheme:
        return None
    return Address(*_first_segment(rest))


def _web_parts(url: str) -> SplitResult:
    """Split an http(s) URL; anything else has no parts."""
    if not url.lower().startswith(("http://", "https://")):
        return _NO_PARTS
    try:
        return urlsplit(url)
    except ValueError:
        return _NO_PARTS


def _first_segment(path: str) -> tuple[str, str]:
    first, _, rest = path.partition("/")
    return first, rest

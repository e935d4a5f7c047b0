"""One canonical URL spelling per provider: Encord compares URLs as text."""

import re
from urllib.parse import quote, urlsplit

UNRESERVED_IN_PATH = "/~"
"""Left as they are in a key, beside letters, digits and ``-._``; everything else is percent-encoded, so that
a URL never holds white space and a literal ``+`` is never read as a space."""


_OTC_HOST = re.compile(r"obs\.[a-z0-9-]+\.otc\.t-systems\.com")
_AZURE_ROOT = "$root"


def is_otc(endpoint: str) -> bool:
    """Tell whether *endpoint* is Open Telekom Cloud's OBS, whose objects Encord knows virtual-hosted."""
    return _OTC_HOST.fullmatch(urlsplit(endpoint).hostname or "") is not None


def s3_url(bucket: str, key: str, *, region: str, endpoint: str | None = None) -> str:
    """Spell the URL of an S3 object the way Encord recommends it.

    Virtual-hosted style on AWS and on Open Telekom Cloud, path style on any other *endpoint* and for bucket
    names with dots, which no wildcard certificate covers.
    """
    path = quote(key, safe=UNRESERVED_IN_PATH)
    if endpoint and is_otc(endpoint) and "." not in bucket:
        scheme, _, host = endpoint.rstrip("/").partition("://")
        return f"{scheme}://{bucket}.{host}/{path}"
    if endpoint:
        return f"{endpoint.rstrip('/')}/{bucket}/{path}"
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    if "." in bucket:
        return f"https://s3.{region}.{domain}/{bucket}/{path}"
    return f"https://{bucket}.s3.{region}.{domain}/{path}"


def gcs_url(bucket: str, key: str) -> str:
    """Spell the URL of an object in Google Cloud Storage.

    Not ``gs://``, in which keys are raw: a key with white space has no spelling there that Encord takes.
    """
    return f"https://storage.cloud.google.com/{bucket}/{quote(key, safe=UNRESERVED_IN_PATH)}"


def azure_url(account_url: str, container: str, key: str) -> str:
    """Spell the URL of a blob; those of the container ``$root`` lie at the root of the account.

    Args:
        account_url: ``https://<account>.blob.core.windows.net``, or where an emulator has the account.
        container: The container's name.
        key: The blob's name.

    """
    folder = "" if container == _AZURE_ROOT else f"{container}/"
    return f"{account_url.rstrip('/')}/{folder}{quote(key, safe=UNRESERVED_IN_PATH)}"

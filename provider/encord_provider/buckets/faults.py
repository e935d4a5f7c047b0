"""What obstore says when a request fails, in this package's words.

Its text names the address that was asked, which may be signed, and it is logged with every error that has it
for a cause. So only the status and the store's own code are kept, and nothing is raised *from* it.
"""

import re

from obstore.exceptions import (
    BaseError,
    InvalidPathError,
    NotFoundError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)

from encord_provider.errors import BadConnection, BadSource, BucketUnavailable, EncordProviderError, NotFound

FAULTS = (BaseError, OSError)
"""What a request of obstore may raise."""

_REFUSALS = (PermissionDeniedError, UnauthenticatedError, PermissionError)
_STATUS = re.compile(r"status code: (\d{3})|HTTP status client error \((\d{3})")
_CODE = re.compile(r"<Code>(\w+)</Code>")
_ABSENT_BUCKET = frozenset({"NoSuchBucket", "ContainerNotFound"})
_REFUSED_KEYS = frozenset({"ExpiredToken", "InvalidToken"})
"""Codes of S3 that come with 400 and are about credentials all the same (docs.aws.amazon.com, Error Responses)."""

_ELSEWHERE = re.compile(r"<Code>AuthorizationHeaderMalformed</Code>|redirect without LOCATION")
"""How S3, and obstore for it, answers a request that was signed for another region."""


def fault_of(error: Exception, bucket: str, conn_id: str | None, key: str | None) -> EncordProviderError:
    """Return what to raise for *error*, one of `FAULTS`.

    Args:
        error: What obstore raised.
        bucket: The bucket, for messages.
        conn_id: The Airflow connection whose credentials were used; None for a directory.
        key: What was read or written; None for a listing.

    """
    status, code = _said(error)
    if isinstance(error, InvalidPathError):
        return BadSource(bucket, f"a key that cannot be read: {_first_line(error)}")
    if status == "404" or isinstance(error, NotFoundError | FileNotFoundError | PreconditionError):
        return _absence(error, bucket, key)
    if conn_id is not None and _ELSEWHERE.search(str(error)):
        return BadConnection(conn_id, f"{bucket} is in another region than the one that it names")
    if status in ("401", "403") or code in _REFUSED_KEYS or isinstance(error, _REFUSALS):
        said = f"{status} {code}".strip()
        in_brackets = f" ({said})" if said else ""
        if conn_id is None:
            return BadSource(bucket, "this process may not read or write there")
        return BadConnection(conn_id, f"{bucket} refused its credentials{in_brackets}")
    return BucketUnavailable(bucket, _first_line(error))


def overwritten(bucket: str, key: str) -> NotFound:
    """Return what to raise when the version that is asked for is no longer there."""
    return NotFound("version", f"{bucket}/{key}", "it has been overwritten")


def is_past_the_end(error: Exception) -> bool:
    """Tell whether a range was refused because it begins at the object's end or after it."""
    return _said(error)[0] == "416" or "StartTooLarge" in str(error)  # in a bucket, in a directory


def _absence(error: Exception, bucket: str, key: str | None) -> NotFound:
    """Return what is not there: the bucket, the object, or the version of it."""
    if key is None or _said(error)[1] in _ABSENT_BUCKET:
        return NotFound("bucket", bucket)
    return (
        overwritten(bucket, key)
        if isinstance(error, PreconditionError)
        else NotFound("object", f"{bucket}/{key}")
    )


def _said(error: Exception) -> tuple[str, str]:
    """Return the status of the store's answer and its own code; empty where there was none."""
    text = str(error)
    status, code = _STATUS.search(text), _CODE.search(text)
    return (status[1] or status[2]) if status else "", code[1] if code else ""


def _first_line(error: Exception) -> str:
    """Return what obstore says, without the queries of the addresses that it asked, which may be signed."""
    line = str(error).strip().partition("\n")[0]
    return re.sub(r"\?\S+", "?...", line)

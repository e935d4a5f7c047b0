"""The SDK's errors in our words, sorted by what must happen next."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from encord.exceptions import (
    AuthenticationError,
    AuthorisationError,
    EncordException,
    InvalidArgumentsError,
    MethodNotAllowedError,
    OperationNotAllowed,
    PayloadTooLargeError,
    RateLimitExceededError,
    RequestException,
    ResourceExistsError,
    ResourceNotFoundError,
)
from urllib3.exceptions import ReadTimeoutError

from encord_provider.errors import EncordUnavailable, Refused

_REFUSALS = (
    AuthenticationError,
    AuthorisationError,
    InvalidArgumentsError,
    MethodNotAllowedError,
    OperationNotAllowed,
    PayloadTooLargeError,
    ResourceExistsError,
    ResourceNotFoundError,
)

_QUERY = re.compile(r"(https?://[^\s?]+)\?\S+", re.IGNORECASE)


@contextmanager
def encord_faults(request: str) -> Iterator[None]:
    """Translate what the SDK raises while it does *request*, a verb phrase for the message.

    The SDK's own error is not chained: Airflow logs chains, and its text may hold signed URLs.

    Raises:
        Refused: Encord answered, and said no.
        EncordUnavailable: No answer, a rate limit, or a fault on Encord's side. The request may have taken effect.

    """
    try:
        yield
    except RateLimitExceededError as error:
        raise EncordUnavailable(request, "rate limit", error.retry_after, without_effect=True) from None
    except _REFUSALS as error:
        raise Refused(request, without_signatures(error.message)) from None
    except RequestException as error:
        cut_off = _is_cut_off(error.__cause__)
        raise EncordUnavailable(request, "no answer that can be used", cut_off=cut_off) from None
    except EncordException as error:
        raise EncordUnavailable(request, without_signatures(error.message)) from None
    except requests.RequestException as error:
        raise EncordUnavailable(request, type(error).__name__, cut_off=_is_cut_off(error)) from None


def _is_cut_off(error: BaseException | None) -> bool:
    """Tell whether a connection was refused or broke; one that only took too long did not."""
    if not isinstance(error, requests.ConnectionError) or isinstance(error, requests.Timeout):
        return False
    retried = error.args[0] if error.args else None
    return not isinstance(getattr(retried, "reason", None), ReadTimeoutError)


def without_signatures(text: str) -> str:
    """Return *text* with the query of each URL in it left out, since a signed URL is a credential."""
    return _QUERY.sub(r"\1?...", text)

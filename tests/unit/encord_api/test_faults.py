"""The SDK's errors in our words."""

import logging
import traceback

import pytest
import requests
from encord import exceptions
from encord.exceptions import EncordException, RateLimitExceededError
from urllib3 import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, ProtocolError, ReadTimeoutError

from encord_provider.encord_api.faults import encord_faults, without_signatures
from encord_provider.errors import EncordProviderError, EncordUnavailable, NotFound, Refused

POOL = HTTPConnectionPool("api.example.com")
SIGNED = "https://fleet.s3.amazonaws.com/a.mp4?X-Amz-Signature=0123456789abcdef&X-Amz-Expires=60"


def translated(error: Exception) -> EncordProviderError:
    """Return what becomes of an error of the SDK."""
    with pytest.raises(EncordProviderError) as caught, encord_faults("list the items"):
        raise error
    return caught.value


@pytest.mark.parametrize(
    "error",
    [
        exceptions.AuthenticationError("unknown key"),
        exceptions.AuthorisationError("not yours"),
        exceptions.InvalidArgumentsError("bad title"),
        exceptions.MethodNotAllowedError("no"),
        exceptions.OperationNotAllowed("no"),
        exceptions.PayloadTooLargeError("too large"),
        exceptions.ResourceExistsError("exists"),
        exceptions.ResourceNotFoundError("no such folder"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_answer_that_a_repeat_would_not_change_is_a_refusal_in_encords_words(
    error: EncordException,
) -> None:
    refused = translated(error)

    assert isinstance(refused, Refused)
    assert str(refused) == f"Encord refused to list the items: {error.message}"


@pytest.mark.parametrize(
    "error",
    [
        exceptions.UnknownException("502 Bad Gateway"),
        exceptions.GenericServerError("oops"),
        exceptions.RequestException("no route"),
        exceptions.TimeOutError("slow"),
        exceptions.EncordException("new in the next version"),
        requests.ConnectionError("connection refused"),
        requests.Timeout("slow"),
        requests.JSONDecodeError("not JSON", "<html>", 0),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_else_went_wrong_may_go_better_later(error: Exception) -> None:
    assert isinstance(translated(error), EncordUnavailable)


def test_a_rate_limit_says_how_long_to_wait() -> None:
    unavailable = translated(RateLimitExceededError(retry_after=7))

    assert isinstance(unavailable, EncordUnavailable)
    assert unavailable.retry_after == 7


@pytest.mark.parametrize(
    ("cause", "cut_off"),
    [
        (requests.ConnectionError("connection refused"), True),
        (requests.ConnectionError(MaxRetryError(POOL, "/", ProtocolError("reset"))), True),
        (requests.ConnectionError(MaxRetryError(POOL, "/", ReadTimeoutError(POOL, "/", "slow"))), False),
        (requests.ReadTimeout("slow"), False),
        (requests.ConnectTimeout("slow"), False),
    ],
    ids=str,
)
def test_a_connection_that_broke_is_told_from_an_encord_that_is_slow(
    cause: requests.RequestException, *, cut_off: bool
) -> None:
    wrapped = exceptions.RequestException("send failed")
    wrapped.__cause__ = cause

    for unavailable in (translated(cause), translated(wrapped)):
        assert isinstance(unavailable, EncordUnavailable)
        assert unavailable.cut_off is cut_off


def test_our_own_errors_and_those_of_others_pass_unchanged() -> None:
    for error in (NotFound("folder", "fleet"), ZeroDivisionError()):
        with pytest.raises(type(error)) as caught, encord_faults("find the folder"):
            raise error
        assert caught.value is error


@pytest.mark.parametrize("error", [exceptions.InvalidArgumentsError, exceptions.UnknownException])
def test_no_signature_of_a_url_shows_not_even_in_a_traceback(error: type[EncordException]) -> None:
    shown = "".join(traceback.format_exception(translated(error(f"cannot read {SIGNED}, sorry"))))

    assert "https://fleet.s3.amazonaws.com/a.mp4?..." in shown
    assert "Signature" not in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"cannot read {SIGNED} at all", "cannot read https://fleet.s3.amazonaws.com/a.mp4?... at all"),
        (
            f"{SIGNED}\n{SIGNED}",
            "https://fleet.s3.amazonaws.com/a.mp4?...\nhttps://fleet.s3.amazonaws.com/a.mp4?...",
        ),
        ("HTTPS://X.BLOB.CORE.WINDOWS.NET/c/a?sig=abc", "HTTPS://X.BLOB.CORE.WINDOWS.NET/c/a?..."),
        ("http://127.0.0.1:1/a%3Fb.mp4", "http://127.0.0.1:1/a%3Fb.mp4"),
        ("what? no URL here", "what? no URL here"),
        ("", ""),
    ],
)
def test_the_query_of_every_url_is_left_out_and_nothing_else(text: str, shown: str) -> None:
    assert without_signatures(text) == shown


def test_translating_says_nothing_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        translated(exceptions.InvalidArgumentsError(SIGNED))

    assert caplog.records == []

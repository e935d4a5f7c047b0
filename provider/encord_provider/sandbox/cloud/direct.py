"""An object behind a plain URL: public, or signed by whoever registered it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Self

import httpx

from encord_provider.sandbox.cloud.object_reader import ObjectUnreadable

_TIMEOUT_SECONDS = 60.0
_FORBIDDEN = {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}
_MISSING = {httpx.codes.NOT_FOUND, httpx.codes.GONE}


@dataclass(frozen=True)
class DirectObject:
    """An :class:`ObjectReader` over one URL, read by HTTP ranges where its server knows them."""

    url: str
    size: int

    @classmethod
    def open(cls, url: str) -> Self:
        """Find the object's size by asking for its first byte.

        Not by HEAD: a URL that was signed for GET refuses it.

        Raises:
            ObjectUnreadable: It is missing, forbidden, or *url* is not an http(s) URL.

        """
        with _asked(url, first=0, last=0) as answer:
            if answer.status_code == httpx.codes.PARTIAL_CONTENT:
                return cls(url, _total(url, answer))
            if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                return cls(url, 0)
            length = answer.headers.get("content-length")
            return cls(url, int(length) if length else len(answer.read()))

    def read(self, start: int, length: int) -> bytes:
        """Return *length* bytes from offset *start*, or fewer where the object ends."""
        last = min(start + length, self.size) - 1
        if last < start:
            return b""
        with _asked(self.url, first=start, last=last) as answer:
            body = answer.read()
            whole = answer.status_code == httpx.codes.OK
        return body[start : last + 1] if whole else body

    def read_all(self) -> bytes:
        """Return the whole object."""
        return self.read(0, self.size)


@cache
def _client() -> httpx.Client:
    # No proxies of the environment: the sandbox's objects are usually on the loopback.
    return httpx.Client(timeout=_TIMEOUT_SECONDS, follow_redirects=True, trust_env=False)


@contextmanager
def _asked(url: str, first: int, last: int) -> Iterator[httpx.Response]:
    headers = {"Range": f"bytes={first}-{last}", "Accept-Encoding": "identity"}
    try:
        with _client().stream("GET", url, headers=headers) as answer:
            _judge(url, answer)
            yield answer
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ObjectUnreadable(url, f"The URL could not be fetched ({type(error).__name__})") from error


def _judge(url: str, answer: httpx.Response) -> None:
    if answer.status_code in _MISSING:
        raise ObjectUnreadable(url, "The object does not exist")
    if answer.status_code in _FORBIDDEN:
        raise ObjectUnreadable(url, "Access to the object was denied")
    if answer.is_error and answer.status_code != httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
        raise ObjectUnreadable(url, f"The URL could not be fetched (HTTP {answer.status_code})")


def _total(url: str, answer: httpx.Response) -> int:
    _, _, total = answer.headers.get("content-range", "").rpartition("/")
    if not total.isdecimal():
        raise ObjectUnreadable(url, "The server answers ranges without telling the object's size")
    return int(total)

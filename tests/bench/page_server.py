"""An S3 that serves nothing but pages of one listing, as fast as Python can: ``python -m tests.bench.page_server``.

Its keys are numbered, so a page is a template whose numbers are filled in; nothing is stored. It answers both versions
of ListObjects, with ``marker``, ``start-after`` and continuation tokens, and checks no signature.
"""

import asyncio
import re
import sys
from bisect import bisect_right
from contextlib import AbstractContextManager
from urllib.parse import unquote_plus

from tests.bench.server_process import running

PAGE = 1000
"""Keys a page, as S3 has them."""

DIRECTORY = "fleet"

_THOUSANDS = b"@@@@@@@"
"""Stands in the template for all digits of a number but the last three."""

_ITEM = (
    "<Contents><Key>fleet/clip_%s%03d.mp4</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
    '<ETag>"0123456789abcdef012345%s%03d"</ETag><Size>1048576</Size><StorageClass>STANDARD</StorageClass></Contents>'
)
_ITEMS = b"".join((_ITEM % (_THOUSANDS.decode(), n, _THOUSANDS.decode(), n)).encode() for n in range(PAGE))
_ITEM_BYTES = len(_ITEMS) // PAGE

_FROM = re.compile(rb"[?&](?:continuation-token|start-after|marker)=([^& ]+)")


def key_of(number: int) -> str:
    """Return a key; they ascend with their numbers."""
    return f"{DIRECTORY}/clip_{number:010}.mp4"


def page(begin: int, count: int) -> bytes:
    """Return the answer that begins with the key *begin* in a bucket of *count* keys."""
    end = min(begin + PAGE, count)
    thousands, rest = divmod(begin, PAGE)
    first = _ITEMS[rest * _ITEM_BYTES : (rest + end - begin) * _ITEM_BYTES].replace(
        _THOUSANDS, b"%07d" % thousands
    )
    more = end - begin - len(first) // _ITEM_BYTES
    second = _ITEMS[: more * _ITEM_BYTES].replace(_THOUSANDS, b"%07d" % (thousands + 1))
    token = f"<NextContinuationToken>{key_of(end - 1)}</NextContinuationToken>" if end < count else ""
    truncated = "true" if end < count else "false"
    head = f'<?xml version="1.0"?><ListBucketResult><IsTruncated>{truncated}</IsTruncated>{token}'
    return b"".join((head.encode(), first, second, b"</ListBucketResult>"))


class _Connection(asyncio.Protocol):
    def __init__(self, count: int) -> None:
        self._count = count
        self._asked = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._asked += data
        while b"\r\n\r\n" in self._asked:
            request, self._asked = self._asked.split(b"\r\n\r\n", 1)
            place = _FROM.search(request.partition(b"\r\n")[0])
            after = unquote_plus(place[1].decode()) if place else ""
            body = page(bisect_right(range(self._count), after, key=key_of), self._count)
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
            self._transport.write(body)


async def _serve(count: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(count), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def running_page_server(count: int) -> AbstractContextManager[str]:
    """Serve *count* keys from a process of its own for the length of a block; yield its address."""
    return running("tests.bench.page_server", str(count))


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))

"""Objects behind plain URLs, from servers with and without ranges."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from encord_provider.sandbox.cloud import ObjectUnreadable, open_object

BODY = b"0123456789"


class _Host(BaseHTTPRequestHandler):
    """Serves the same ten bytes whole, by ranges, or not at all, as the path asks."""

    def do_GET(self) -> None:
        """Answer by the name of the path."""
        status = {"/missing": 404, "/forbidden": 403, "/broken": 500}.get(self.path, 200)
        if status != 200:
            return self._answer(status, b"")
        if self.path == "/empty":
            return self._answer(200, b"")
        if self.path == "/moved":
            return self._answer(302, b"", location="/ranges")
        if self.path == "/ranges":
            first, last = map(int, self.headers["Range"].removeprefix("bytes=").split("-"))
            part = BODY[first : last + 1]
            return self._answer(206, part, content_range=f"bytes {first}-{first + len(part) - 1}/{len(BODY)}")
        return self._answer(200, BODY)

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    """Run the server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Host) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("path", ["/whole", "/ranges", "/moved"])
def test_an_object_reads_the_same_from_any_server(host: str, path: str) -> None:
    reader = open_object(None, host + path)

    assert reader.size == 10
    assert reader.read(2, 3) == b"234"
    assert reader.read(8, 100) == b"89"
    assert reader.read(10, 1) == b""
    assert reader.read_all() == BODY


def test_an_empty_object_reads_empty(host: str) -> None:
    reader = open_object(None, f"{host}/empty")

    assert (reader.size, reader.read_all()) == (0, b"")


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/missing", "does not exist"), ("/forbidden", "denied"), ("/broken", "HTTP 500")],
)
def test_an_object_that_is_not_given_is_unreadable(host: str, path: str, reason: str) -> None:
    with pytest.raises(ObjectUnreadable, match=reason):
        open_object(None, host + path)


@pytest.mark.parametrize(
    "url", ["s3://bucket/key", "file:///etc/hostname", "no url", "http://", "https://[::1/x"]
)
def test_only_urls_of_the_web_are_fetched(url: str) -> None:
    with pytest.raises(ObjectUnreadable, match="could not be fetched"):
        open_object(None, url)


def test_a_server_that_is_not_there_is_unreadable(free_port: int) -> None:
    with pytest.raises(ObjectUnreadable, match="ConnectError"):
        open_object(None, f"http://127.0.0.1:{free_port}/object")

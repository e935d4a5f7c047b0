"""A door in front of a store that checks nobody: it lets in who shows a token that it gave out.

The local servers for Google's and Microsoft's stores take any bearer token, or none of the kind that a service
account, a managed identity or a service principal gets. The gate gives such tokens as those clouds do, takes
them back when a test says so, and passes on what it lets in.
"""

import hashlib
import http.client
import json
import secrets
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TypeAlias
from urllib.parse import parse_qs, urlsplit

Form: TypeAlias = dict[str, str]
"""Query and form parameters of a request for a token."""

Answer: TypeAlias = dict[str, object] | None
"""What an issuer says, as JSON; None when it refuses."""

_HOP_BY_HOP = frozenset({"connection", "transfer-encoding", "content-length", "date", "server"})
"""Headers that concern one connection (RFC 9110, 7.6.1), and those that the gate writes itself."""

_NOT_PASSED_ON = frozenset({"authorization", "connection", "host"})
"""Headers of a request that are meant for the gate."""


@dataclass(frozen=True)
class Reply:
    """What the store said."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    digest: str
    """MD5 of what the request brought, in hexadecimal digits."""


@dataclass
class Gate:
    """Where the gate stands, what it asks for, and what it has seen."""

    port: int
    store: str
    """Host and port of what is behind it."""

    adapt: Callable[[str, str], str] = field(default=lambda _method, target: target)
    """Method and target of a request that was let in, to the target that the store is asked for."""

    correct: Callable[[str, "Reply"], "Reply"] = field(default=lambda _method, reply: reply)
    """Method of a request and what the store said, to what the client is told."""

    issuers: dict[str, Callable[["Gate", Form], Answer]] = field(default_factory=dict)
    """Paths at which tokens are given out."""

    refusal: bytes = b""
    """Body of an answer to a request without a good token, in the store's own words."""

    scheme: str = "http"
    lifetime_seconds: int = 3600
    tokens: set[str] = field(default_factory=set)
    given: int = 0
    """How many tokens were given out so far."""

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def give(self) -> str:
        """Give out a token."""
        token = secrets.token_urlsafe()
        self.tokens.add(token)
        self.given += 1
        return token

    def take_back(self) -> None:
        """Let nobody in with a token that was given out before."""
        self.tokens.clear()

    def expires_at(self) -> int:
        """Return when a token that is given out now ends, in seconds since 1970."""
        return int(time.time()) + self.lifetime_seconds


class _Handler(BaseHTTPRequestHandler):
    gate: Gate
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024  # an answer in one piece, which the other side need not wait for

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        issuer = self.gate.issuers.get(urlsplit(self.path).path)
        if issuer:
            self._issue(issuer, body)
        elif self.headers.get("Authorization", "").removeprefix("Bearer ") in self.gate.tokens:
            self._pass_on(body)
        else:
            self._send(HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": "Bearer"}, self.gate.refusal)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _answer  # noqa: N815 - names that http.server looks for

    def _issue(self, issuer: Callable[[Gate, Form], Answer], body: bytes) -> None:
        query = urlsplit(self.path).query
        text = body.decode() if "form" in self.headers.get("Content-Type", "") else ""
        form = {name: values[0] for name, values in parse_qs(f"{query}&{text}").items()}
        said = issuer(self.gate, {**form, **{f"header:{k.lower()}": v for k, v in self.headers.items()}})
        status = HTTPStatus.OK if said is not None else HTTPStatus.UNAUTHORIZED
        answer = said if said is not None else {"error": "invalid_client", "error_description": "unknown"}
        self._send(status, {"Content-Type": "application/json"}, json.dumps(answer).encode())

    def _pass_on(self, body: bytes) -> None:
        headers = {k: v for k, v in self.headers.items() if k.lower() not in _NOT_PASSED_ON}
        store = http.client.HTTPConnection(self.gate.store)
        try:
            store.request(self.command, self.gate.adapt(self.command, self.path), body or None, headers)
            answer = store.getresponse()
            kept = {k: v for k, v in answer.getheaders() if k.lower() not in _HOP_BY_HOP}
            length = answer.getheader("Content-Length") if self.command == "HEAD" else None
            digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
            reply = self.gate.correct(self.command, Reply(answer.status, kept, answer.read(), digest))
            self._send(reply.status, reply.headers, reply.body, length)
        finally:
            store.close()

    def _send(self, status: int, headers: Mapping[str, str], body: bytes, length: str | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", length or str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
        """Say nothing: a test that fails says what it saw."""


@contextmanager
def running_gate(gate: Gate, certificate: Path | None = None) -> Iterator[Gate]:
    """Run *gate* for the length of a block, behind TLS when there is a *certificate* (PEM, with its key)."""
    handler = type("Handler", (_Handler,), {"gate": gate})
    server = ThreadingHTTPServer(("127.0.0.1", gate.port), handler)
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        gate.scheme = "https"
    gate.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, name="gate", daemon=True)
    thread.start()
    try:
        yield gate
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

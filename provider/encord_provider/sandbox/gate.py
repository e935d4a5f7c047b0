"""The door of the API: scripted trouble, signatures, and a log of what was asked.

It stands before the application as plain ASGI, for signatures cover the request's bytes and trouble may drop its
connection.
"""

import asyncio
import json
from collections.abc import Callable
from functools import partial

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from encord_provider.sandbox.errors import RequestRefusedError
from encord_provider.sandbox.faults import Fault
from encord_provider.sandbox.signatures import SignedRequest
from encord_provider.sandbox.users import User
from encord_provider.sandbox.world import World

_API = ("/v2/public/", "/public")

_DROPPED = 0
"""Stands for the status of a request whose connection was dropped."""

DropConnection = Callable[[Scope], None]
"""Closes the connection that a request came over."""


class Gate:
    """Lets through to *app* what may go through; all that is not the API goes through as it is."""

    def __init__(self, app: ASGIApp, world: World, drop: DropConnection) -> None:
        self._app = app
        self._world = world
        self._drop = drop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        scope.setdefault("state", {})["world"] = self._world
        if scope["type"] != "http" or not scope["path"].startswith(_API):
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, partial(self._world.requests_seen.add, scope["method"], scope["path"]))
        body = await _read_body(receive)
        fault = self._world.faults.take(scope["method"], scope["path"])
        if await self._survives(fault, scope, answer):
            await self._admit(scope, body, receive, answer)
        if answer.lost:
            await self._close(scope)

    async def _survives(self, fault: Fault | None, scope: Scope, answer: "_Answer") -> bool:
        """Let scripted trouble happen; return whether the request goes on all the same."""
        match fault and fault.effect:
            case "delay":
                await asyncio.sleep(fault.seconds if fault else 0)
            case "drop_after":
                answer.lost = True
            case "drop_before":
                answer.note(_DROPPED)
                await self._close(scope)
                return False
            case "status" if fault:
                headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
                await _refuse(
                    answer, scope["path"], fault.status, fault.message or "Scripted trouble.", headers
                )
                return False
        return True

    async def _admit(self, scope: Scope, body: bytes, receive: Receive, answer: "_Answer") -> None:
        try:
            user = self._world.credentials.caller_of(_signed(scope, body))
        except RequestRefusedError as refused:
            await _refuse(answer, scope["path"], refused.status, refused.message, {}, refused.legacy_code)
            return
        scope["state"]["user"] = User(user)
        await self._app(scope, _replay(body, receive), answer)

    async def _close(self, scope: Scope) -> None:
        self._drop(scope)
        await asyncio.sleep(
            0
        )  # the server hears of it before this request ends, and sends no error of its own


class _Answer:
    """Passes an answer on, unless it is to be lost; notes its status before the first byte leaves."""

    def __init__(self, send: Send, note: Callable[[int], None]) -> None:
        self._send = send
        self.note = note
        self.lost = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.note(_DROPPED if self.lost else message["status"])
        if not self.lost:
            await self._send(message)


async def _read_body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    pending = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    return replay


def _signed(scope: Scope, body: bytes) -> SignedRequest:
    query = scope["query_string"].decode("ascii")
    path = scope["raw_path"].decode("ascii")
    return SignedRequest(
        method=scope["method"],
        target=f"{path}?{query}" if query else path,
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        body=body,
    )


async def _refuse(  # noqa: PLR0917 - the parts of an HTTP answer
    send: Send,
    path: str,
    status: int,
    message: str,
    headers: dict[str, str],
    legacy_code: str = "UNKNOWN_ERROR",
) -> None:
    envelope = {"status": status, "response": [legacy_code], "payload": message}
    body = json.dumps(envelope if path.startswith("/public") else {"message": message}).encode()
    all_headers = {"Content-Type": "application/json", "Content-Length": str(len(body))} | headers
    encoded = [(name.encode(), value.encode()) for name, value in all_headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})

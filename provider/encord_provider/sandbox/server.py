"""The sandbox as a running server on the loopback."""

import asyncio
import socket
from collections.abc import Callable, MutableMapping
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from encord_provider.sandbox.app import build_app
from encord_provider.sandbox.gate import Gate
from encord_provider.sandbox.world import World

HOST = "127.0.0.1"
"""The only interface the sandbox ever listens on."""

_GRACE_SECONDS = 2
"""How long requests in flight may take to end when the server stops."""


class SandboxServer(uvicorn.Server):
    """One world behind one socket; calls *announce* with its URL once it answers."""

    def __init__(self, world: World, port: int, announce: Callable[[str], None]) -> None:
        connections: dict[object, Any] = {}

        class _Protocol(H11Protocol):
            """Remembers its connection, so that scripted trouble can drop it."""

            def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - as uvicorn declares it
                super().connection_made(transport)
                connections[self.client] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                connections.pop(self.client, None)
                super().connection_lost(exc)

        def drop(scope: MutableMapping[str, Any]) -> None:
            connections[tuple(scope["client"])].abort()

        super().__init__(
            uvicorn.Config(
                Gate(build_app(with_page=world.page), world, drop),
                http=_Protocol,
                loop="asyncio",
                lifespan="off",
                access_log=False,
                log_level="warning",
                date_header=False,
                backlog=2048,
            )
        )
        self._world = world
        self._announce = announce
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = asyncio.Event()
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((HOST, port))

    @property
    def url(self) -> str:
        """Where the sandbox is reached."""
        return f"http://{HOST}:{self._socket.getsockname()[1]}"

    def serve_world(self) -> None:
        """Serve until told to stop; then let the world end in order."""
        self._world.start()
        try:
            self.run(sockets=[self._socket])
        finally:
            self._world.close()

    def stop(self) -> None:
        """End the server; may be called from any thread."""
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopped.set)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End the server in order, and let the process end with it, not by the signal."""
        super().handle_exit(sig, frame)
        self._captured_signals.clear()
        self.stop()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Announce the server once it listens."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        if not self.should_exit:
            self._announce(self.url)

    async def main_loop(self) -> None:
        """Wait to be stopped; uvicorn's own loop looks only ten times a second."""
        await self.on_tick(0)
        if not self.should_exit:
            await self._stopped.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Send held requests away, let the others end, and close."""
        self._world.bells.close()
        for listening in (*self.servers, *(sockets or ())):
            listening.close()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=_GRACE_SECONDS)
        for connection in list(self.server_state.connections):
            connection.shutdown()

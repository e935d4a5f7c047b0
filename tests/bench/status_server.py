"""An Encord that tells nothing but how far upload jobs are, as fast as Python can.

``python -m tests.bench.status_server``. Its jobs are numbered, end one after the other, and are not stored: their state
follows from the time. Signatures of some requests are checked, by the sandbox's own rules; polls are held as long as
the client would wait, up to *hold* seconds.
"""

import asyncio
import json
import math
import re
import sys
import time
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from encord_provider.sandbox.errors import UnauthenticatedError
from encord_provider.sandbox.signatures import Credentials, SignedRequest
from tests.bench.server_process import running

FOLDER = str(UUID(int=1))
UNITS = 1000
"""Units of each job."""

CHECKED = 50
"""Of so many requests the signature of one is checked, which takes longer than all the rest."""

WAVE_SECONDS = 120.0

BURST_SECONDS = 0.25
"""For how long a limited server keeps room that nobody used."""

_ASKED = re.compile(
    rb"GET (/v2/public/storage/folders/[^/]+/data-upload-jobs/([^?]+)\?timeoutSeconds=(\d+)) HTTP"
)


@dataclass(frozen=True)
class Jobs:
    """The jobs of a server: *count* of them, of which one ends every *seconds* / *count*."""

    count: int
    seconds: float
    hold: float
    public_key: str
    per_second: float = 0.0
    """Requests that are taken a second, in waves of two minutes between half and one and a half times as many; the
    others are answered with 429. Without a limit 0."""

    def left(self, number: int, elapsed: float) -> float:
        """Return the seconds until a job ends; negative once it has."""
        return self.seconds * (number + 1) / self.count - elapsed

    def state(self, left: float) -> bytes:
        """Return what Encord tells of a job that ends in *left* seconds."""
        pending = max(0, min(UNITS, -int(-UNITS * left // self.seconds)))
        state: dict[str, Any] = {
            "status": "PENDING" if left > 0 else "DONE",
            "itemsWithNames": [],
            "errors": [],
            "unitsPendingCount": pending,
            "unitsDoneCount": UNITS - pending,
            "unitsErrorCount": 0,
            "unitsCancelledCount": 0,
            "unitErrors": [],
            "fileName": None,
        }
        return json.dumps(state).encode()


def uuid_of(number: int) -> str:
    """Return the UUID of a job."""
    return str(UUID(int=number))


class Server:
    """What the connections share."""

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs
        self.began = time.time()
        self.requests = 0
        self.seen_ended: dict[int, float] = {}
        self.room = self.taken = 0.0
        """What could have been taken since the start, and what was, or was lost."""

        self.accepted = self.refused = 0
        self._room_at = self.began
        self._credentials = Credentials(frozenset({jobs.public_key}), frozenset(), b"")

    def knows(self, request: bytes) -> bool:
        """Tell whether a request is signed as it must be; only some are looked at."""
        self.requests += 1
        if self.requests % CHECKED:
            return True
        head, *lines = request.decode("latin-1").split("\r\n")
        method, target, _ = head.split(" ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        try:
            self._credentials.caller_of(SignedRequest(method, target, headers, b""))
        except UnauthenticatedError:
            return False
        return True

    def has_room(self) -> bool:
        """Tell whether one more request is taken now; room that is not used is lost after a moment."""
        if not self.jobs.per_second:
            return True
        now = time.time()
        wave = 1 + math.sin((now - self.began) / WAVE_SECONDS * math.tau) / 2
        self.room += self.jobs.per_second * wave * (now - self._room_at)
        self._room_at = now
        self.taken = max(self.taken, self.room - self.jobs.per_second * wave * BURST_SECONDS)
        if self.taken + 1 > self.room:
            self.refused += 1
            return False
        self.taken += 1
        self.accepted += 1
        return True

    def left(self, number: int) -> float:
        """Return the seconds until a job ends, and note when its end is told for the first time."""
        left = self.jobs.left(number, time.time() - self.began)
        if left <= 0:
            self.seen_ended.setdefault(number, -left)
        return left

    def account(self) -> bytes:
        """Return since when how often was asked, and how late the end of each job was told."""
        return json.dumps(
            {
                "began": self.began,
                "requests": self.requests,
                "delays": self.seen_ended,
                "room": self.room,
                "accepted": self.accepted,
                "refused": self.refused,
            }
        ).encode()


class _Connection(asyncio.Protocol):
    def __init__(self, server: Server) -> None:
        self._server = server
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            request, self._received = self._received.split(b"\r\n\r\n", 1)
            self._answer(request)

    def _answer(self, request: bytes) -> None:
        asked = _ASKED.match(request)
        if asked is None:
            self._send(self._server.account())
        elif not self._server.knows(request):
            self._send(b"{}", b"401 Unauthorized")
        elif not self._server.has_room():
            self._send(b"{}", b"429 Too Many Requests\r\nRetry-After: 1")
        else:
            self._tell(UUID(asked[2].decode()).int, float(asked[3]))

    def _tell(self, number: int, patience: float) -> None:
        left = self._server.left(number)
        hold = min(self._server.jobs.hold, patience, left)
        if hold > 0:
            asyncio.get_running_loop().call_later(hold, self._tell, number, 0)
        else:
            self._send(self._server.jobs.state(left))

    def _send(self, body: bytes, status: bytes = b"200 OK") -> None:
        head = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        self._transport.write(head % (status, len(body)) + body)


async def _serve(jobs: Jobs) -> None:
    server = Server(jobs)
    listening = await asyncio.get_running_loop().create_server(
        lambda: _Connection(server), "127.0.0.1", 0, backlog=4096
    )
    print(listening.sockets[0].getsockname()[1], flush=True)
    await listening.serve_forever()


def running_status_server(jobs: Jobs) -> AbstractContextManager[str]:
    """Serve *jobs* from a process of its own for the length of a block; yield its address."""
    return running("tests.bench.status_server", json.dumps(asdict(jobs)))


if __name__ == "__main__":
    asyncio.run(_serve(Jobs(**json.loads(sys.argv[1]))))

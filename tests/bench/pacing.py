"""Asking a platform that takes only so much, and not always the same: how much of it is used, and how much is refused.

The server takes 40 requests a second on average, between half and one and a half times as many in waves of two minutes,
answers the others with 429 and asks to stay away for a second. Ours is the poller as it is. The baseline is the same
client without its pace: it asks as fast as its connections allow, and each asker obeys what it was told itself.
"""

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Coroutine
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from encord_provider.encord_api.connection import Credentials
from encord_provider.encord_api.polling import Poller, shared_poller
from encord_provider.encord_api.private_key import public_hex
from encord_provider.encord_api.throttle import Throttle
from encord_provider.errors import EncordUnavailable
from tests.bench.status_server import FOLDER, Jobs, running_status_server, uuid_of

PER_SECOND = 40.0
ASKERS = 32
WARM_SECONDS = 15.0
"""Left out: nobody knows the limit yet."""

WINDOW_SECONDS = 120.0

_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


class _Unpaced(Throttle):
    async def turn(self) -> float:
        return time.monotonic()


async def ours(url: str, seconds: float) -> None:
    """Ask as triggers do."""
    async with shared_poller(Credentials(url, _KEY)) as poller:
        await _all_ask(lambda: poller.progress(FOLDER, uuid_of(0)), seconds, obey=False)


async def baseline(url: str, seconds: float) -> None:
    """Ask as fast as may be, each for itself."""
    poller = Poller(Credentials(url, _KEY))
    poller._throttle = _Unpaced()  # noqa: SLF001 - what is measured is what it is good for
    await _all_ask(lambda: poller.progress(FOLDER, uuid_of(0)), seconds, obey=True)
    await poller.close()


STEPS = {step.__name__: step for step in (ours, baseline)}


async def _all_ask(ask: Callable[[], Coroutine[Any, Any, object]], seconds: float, *, obey: bool) -> None:
    until = time.monotonic() + seconds

    async def asks() -> None:
        while time.monotonic() < until:
            try:
                await ask()
            except EncordUnavailable as error:
                if obey:
                    await asyncio.sleep(error.retry_after or 0)

    async with asyncio.TaskGroup() as group:
        for _ in range(ASKERS):
            group.create_task(asks())


def measured(step: str, seconds: float) -> dict[str, Any]:
    """Run a step in a process of its own, with a server of its own."""
    jobs = Jobs(1, 1e6, 0, public_hex(_KEY), PER_SECOND)
    with running_status_server(jobs) as url:
        command = [sys.executable, "-m", "tests.bench.pacing", step, url, str(WARM_SECONDS + seconds)]
        with subprocess.Popen(command) as process:
            before = _began(url, process)
            process.wait()
        after = _account(url)
    assert process.returncode == 0
    found = {name: after[name] - before[name] for name in ("room", "accepted", "refused")}
    return {
        "used": round(found["accepted"] / found["room"], 3),
        "refused": round(found["refused"] / (found["refused"] + found["accepted"]), 4),
    }


def _began(url: str, process: "subprocess.Popen[bytes]") -> dict[str, float]:
    """Return the account after the warm-up, which begins with the first request."""
    while process.poll() is None:
        account = _account(url)
        if account["accepted"]:
            time.sleep(WARM_SECONDS)
            return _account(url)
        time.sleep(0.1)
    return _account(url)


def _account(url: str) -> dict[str, float]:
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own server
        account: dict[str, float] = json.loads(answer.read())
    return account


def pacing(seconds: int = int(WINDOW_SECONDS)) -> dict[str, Any]:
    """Measure both for so many seconds; *ratio* says how many times smaller our share of refused requests is."""
    mine, theirs = (measured(step, seconds) for step in STEPS)
    return {
        "bench": "pacing",
        "size": seconds,
        "ours": mine["refused"],
        "baseline": theirs["refused"],
        "ratio": round(theirs["refused"] / max(mine["refused"], 1e-4), 1),
        "used": mine["used"],
        "steps": {"ours": mine, "baseline": theirs},
    }


def main() -> None:
    """Run one step."""
    step, url, seconds = sys.argv[1:]
    asyncio.run(STEPS[step](url, float(seconds)))


if __name__ == "__main__":
    main()

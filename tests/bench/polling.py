"""Waiting for upload jobs: our triggers on one event loop, against the SDK's ``get_result`` in a thread for each job.

Time is a tenth of what it is in earnest, for both: jobs of 18 minutes for three hours, a pause of 3 seconds for
`poke_interval`'s 30, and polls that the server holds for 5 seconds for 50. What is compared is the CPU for each job
that is waited for. The server is synthetic (`tests.bench.status_server`), since the sandbox, which reads its state from
SQLite, would be what is measured; a test compares its answers with the sandbox's. Each step runs in a process of its
own, ours with the real trigger objects and Airflow's own way to a connection.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from encord_provider.encord_api.private_key import openssh_text, public_hex
from tests.bench.manifest import peak_mb
from tests.bench.status_server import FOLDER, Jobs, running_status_server, uuid_of

if TYPE_CHECKING:
    from encord_provider.triggers.upload import UploadFinishedTrigger

JOB_SECONDS = 1080.0
POLL_SECONDS = 3.0
HOLD_SECONDS = 5.0

TRIGGERS = 10
"""Runs that the jobs are divided among."""

THREADS = 1000
"""Jobs of the baseline; three times as many brought a machine of two cores to a stop."""

WARM_SECONDS = 60.0
"""Left out: processes start, threads send their first requests together, and how fast jobs go is not known yet."""

WINDOW_SECONDS = 60.0

TICK_SECONDS = 0.01
"""How often the event loop is asked for a sign of life."""

_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@dataclass(frozen=True)
class Wait:
    """What a step waits for."""

    url: str
    count: int
    warm: float
    window: float


@dataclass
class Measured:
    """When the window began, its CPU and wall seconds, and how late the event loop was at each sign of life."""

    began: float = 0.0
    cpu: float = 0.0
    wall: float = 0.0
    lags: tuple[float, ...] = ()


def ours(wait: Wait) -> Measured:
    """Wait as a triggerer does."""
    return asyncio.run(_triggerer(wait))


def idle(wait: Wait) -> Measured:
    """Do nothing on an event loop: what its lag is on this machine by itself."""
    return asyncio.run(_window(wait))


def baseline(wait: Wait) -> Measured:
    """Wait with the SDK, in a thread for each job."""
    from encord.orm.storage import StorageFolder as Folder  # noqa: PLC0415 - ours shall not pay for it
    from encord.storage import StorageFolder  # noqa: PLC0415 - the same

    from encord_provider.encord_api.api import EncordApi  # noqa: PLC0415 - the same
    from encord_provider.encord_api.connection import Credentials  # noqa: PLC0415 - the same

    client = EncordApi(Credentials(wait.url, _KEY)).client
    known = Folder.model_construct(uuid=UUID(FOLDER))
    folder = StorageFolder(client._api_client, known)  # noqa: SLF001 - the server has no folders to give
    for number in range(wait.count):
        arguments = (UUID(uuid_of(number)), 86_400)
        threading.Thread(
            target=folder.add_private_data_to_folder_get_result, args=arguments, daemon=True
        ).start()
    time.sleep(wait.warm)
    began, cpu, wall = time.time(), time.process_time(), time.monotonic()
    time.sleep(wait.window)
    return Measured(began, time.process_time() - cpu, time.monotonic() - wall)


STEPS: dict[str, Callable[[Wait], Measured]] = {step.__name__: step for step in (ours, idle, baseline)}


async def _triggerer(wait: Wait) -> Measured:
    from encord_provider.triggers.upload import UploadFinishedTrigger  # noqa: PLC0415 - the SDK shall not pay for it

    deadline = time.time() + wait.warm + wait.window + 1
    each = max(1, wait.count // TRIGGERS)
    triggers = [
        UploadFinishedTrigger(
            "encord_default",
            [[FOLDER, uuid_of(number)] for number in range(start, min(start + each, wait.count))],
            deadline,
            POLL_SECONDS,
        )
        for start in range(0, wait.count, each)
    ]
    async with asyncio.TaskGroup() as group:
        for trigger in triggers:
            group.create_task(_fired(trigger))
        return await _window(wait)


async def _fired(trigger: "UploadFinishedTrigger") -> None:
    async for event in trigger.run():
        assert len(json.dumps(event.payload)) < 100


async def _window(wait: Wait) -> Measured:
    await asyncio.sleep(wait.warm)
    began, cpu, wall = time.time(), time.process_time(), time.monotonic()
    lags = []
    while (now := time.monotonic()) < wall + wait.window:
        await asyncio.sleep(TICK_SECONDS)
        lags.append(time.monotonic() - now - TICK_SECONDS)
    return Measured(began, time.process_time() - cpu, time.monotonic() - wall, tuple(lags))


def measured(step: str, count: int, warm: float, window: float) -> dict[str, Any]:
    """Run a step in a process of its own, with a server of its own."""
    jobs = Jobs(count, JOB_SECONDS, HOLD_SECONDS, public_hex(_KEY))
    with running_status_server(jobs) as url, tempfile.TemporaryDirectory(prefix="bench-") as home:
        connection = {"conn_type": "encord", "host": url, "password": openssh_text(_KEY)}
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.bench.polling",
                step,
                json.dumps(asdict(Wait(url, count, warm, window))),
            ],
            check=True,
            stdout=subprocess.PIPE,
            env={
                **os.environ,
                "AIRFLOW_HOME": home,  # with a ledger of its own
                "AIRFLOW_CONN_ENCORD_DEFAULT": json.dumps(connection),
            },
        )
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own server
            account = json.loads(answer.read())
    began = result["began"] - account["began"]
    until = began + result["wall"] - 2 * POLL_SECONDS  # what ends later may be told after the window
    ended = [str(number) for number in range(count) if began <= jobs.left(number, 0) <= until]
    delays = [account["delays"].get(number, result["wall"]) / POLL_SECONDS for number in ended]
    return {
        "jobs": count,
        "cores": round(result["cpu"] / result["wall"], 4),
        "jobs_per_core": round(count * result["wall"] / result["cpu"]),
        "requests_per_job": round(account["requests"] / count, 2),
        "ended": len(delays),
        "detection_in_polls": {
            "p50": _quantile(delays, 0.5),
            "p99": _quantile(delays, 0.99),
            "max": _quantile(delays, 1),
        },
        "lag_ms": {
            "p50": _quantile(result["lags"], 0.5),
            "p99": _quantile(result["lags"], 0.99),
            "max": _quantile(result["lags"], 1),
        },
        "peak_mb": result["peak_mb"],
    }


def polling(
    count: int = 10_000, warm: float = WARM_SECONDS, window: float = WINDOW_SECONDS
) -> dict[str, Any]:
    """Measure both, and an event loop that does nothing."""
    steps = {
        "ours": measured("ours", count, warm, window),
        "baseline": measured("baseline", min(count, THREADS), warm, window),
        "idle": measured("idle", 1, 0, min(window, 10)),
    }
    mine, theirs = steps["ours"], steps["baseline"]
    return {
        "bench": "polling",
        "size": count,
        "ours": mine["jobs_per_core"],
        "baseline": theirs["jobs_per_core"],
        "ratio": round(mine["jobs_per_core"] / theirs["jobs_per_core"], 1),
        "peak_mb": mine["peak_mb"],
        "lag_p99_ms": mine["lag_ms"]["p99"],
        "lag_p99_ms_of_an_idle_loop": steps["idle"]["lag_ms"]["p99"],
        "detection_p99_in_polls": mine["detection_in_polls"]["p99"],
        "cores": mine["cores"],
        "requests_per_job": mine["requests_per_job"],
        "load": round(os.getloadavg()[0], 1),
        "steps": steps,
    }


def _quantile(values: list[float], share: float) -> float | None:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2) if ordered else None


def main() -> None:
    """Run one step and print what it took."""
    step, wait = sys.argv[1], Wait(**json.loads(sys.argv[2]))
    found = STEPS[step](wait)
    lags = [lag * 1000 for lag in found.lags]
    print(json.dumps({**asdict(found), "lags": lags, "peak_mb": round(peak_mb(), 1)}))


if __name__ == "__main__":
    main()

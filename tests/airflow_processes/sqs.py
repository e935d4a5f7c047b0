"""Amazon's queues on localhost: moto's server, and the asynchronous client with which the triggerer reads them.

``python -m tests.airflow_processes.sqs`` installs both below ``.venv``, in a directory of their own: the client,
aiobotocore, needs an older boto3 than the one that is tested everywhere else, and whoever puts the directory on
PYTHONPATH gets that.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]  # it ships none
import httpx

from demo.ports import LOOPBACK, free_ports
from demo.server_process import running

_DIRECTORY = Path(__file__).parents[2] / ".venv" / "sqs"
_PINS = Path(__file__).with_name("sqs-requirements.txt")
_REGION = "eu-west-1"
_READY_SECONDS = 120


class NotInstalled(RuntimeError):
    """The server of queues is not on this machine."""


def install() -> None:
    """Install what is pinned; what else these packages need is in the virtual environment."""
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv), "pip", "install", "-q", "--no-deps", "--target", str(_DIRECTORY), "-r", str(_PINS)]
    subprocess.run(command, check=True)


@dataclass(frozen=True)
class Sqs:
    """How to reach it."""

    endpoint: str

    @property
    def connection(self) -> dict[str, object]:
        """Return an Airflow connection to it; it takes any credentials."""
        extra = {"endpoint_url": self.endpoint, "region_name": _REGION}
        return {"conn_type": "aws", "login": "any", "password": "any", "extra": extra}

    @property
    def environment(self) -> dict[str, str]:
        """Return what a process needs that reads queues as the triggerer does."""
        return {"PYTHONPATH": str(_DIRECTORY)}

    def client(self) -> Any:  # noqa: ANN401 - boto3 makes its clients' classes as it runs
        """Open it with boto3."""
        return boto3.client(
            "sqs",
            endpoint_url=self.endpoint,
            region_name=_REGION,
            aws_access_key_id="any",
            aws_secret_access_key="any",  # noqa: S106 - as it says
        )


@contextmanager
def running_sqs(log: Path) -> Iterator[Sqs]:
    """Run a server without queues for the length of a block.

    Raises:
        NotInstalled: How to install it.

    """
    if not _DIRECTORY.exists():
        raise NotInstalled("run: python -m tests.airflow_processes.sqs")
    (port,) = free_ports(1)
    server = Sqs(f"http://{LOOPBACK}:{port}")
    command = [sys.executable, "-m", "moto.server", "-H", LOOPBACK, "-p", str(port)]
    with running("moto", command, log, {**os.environ, **server.environment}) as process:
        process.wait_until(lambda: _answers(server.endpoint), _READY_SECONDS)
        yield server


def _answers(endpoint: str) -> bool:
    try:
        return httpx.get(f"{endpoint}/moto-api/", trust_env=False).is_success
    except httpx.TransportError:
        return False


if __name__ == "__main__":
    install()

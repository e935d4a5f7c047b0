"""The sandbox, an Encord on localhost, as a process of its own that reads the demo's bucket."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
from encord import EncordUserClient

from demo.bucket_server import BucketServer
from demo.ports import LOOPBACK, remembered_port
from demo.server_process import ServerProcess, running

INTEGRATION = "fleet-s3"
"""Title of the cloud integration through which the sandbox reads the bucket."""

_READY_SECONDS = 240  # importing the SDK takes half a second, and minutes on a machine with much else to do


@dataclass(frozen=True)
class Sandbox:
    """How to reach a running sandbox."""

    url: str

    private_key: Path
    """File with a key that it accepts, in OpenSSH's text."""

    process: ServerProcess

    def client(self) -> EncordUserClient:
        """Sign in to it with the unmodified SDK."""
        return EncordUserClient.create_with_ssh_private_key(
            ssh_private_key_path=self.private_key, domain=self.url
        )


@contextlib.contextmanager
def running_sandbox_process(directory: Path, bucket_server: BucketServer) -> Iterator[Sandbox]:
    """Run a sandbox whose state, log, key and port live in *directory*.

    Raises:
        PortTaken: Another process listens where this sandbox did before.
        ServerDied: It ended while it started.
        ServerNotReady: It does not answer.

    """
    port = remembered_port(directory)
    url = f"http://{LOOPBACK}:{port}"
    config = directory / "config.json"
    config.touch(mode=0o600)  # it holds the bucket's secret
    config.write_text(json.dumps({"integrations": [_integration(bucket_server)]}, indent=2))
    module = [sys.executable, "-m", "encord_provider.sandbox"]
    command = [*module, "--port", str(port), "--state", str(directory), "--config", str(config)]
    with running("sandbox", command, directory / "sandbox.log", os.environ) as process:
        process.wait_until(lambda: _answers(url), _READY_SECONDS)
        yield Sandbox(url, directory / "private_key", process)


def _integration(bucket_server: BucketServer) -> dict[str, object]:
    return {
        # The same at every start: items remember their integration.
        "uuid": "f1ee7000-0000-4000-8000-000000000053",
        "title": INTEGRATION,
        "kind": "s3-compatible",
        "endpoint": bucket_server.endpoint,
        "region": bucket_server.region,
        "access_key_id": bucket_server.access_key_id,
        "secret_access_key": bucket_server.secret_access_key,
        "can_write": True,
    }


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/_sandbox/health").is_success
    except httpx.TransportError:
        return False

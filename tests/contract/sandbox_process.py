"""A sandbox in a process of its own, as users run it."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from encord.user_client import EncordUserClient

from demo.server_process import ServerProcess, running

GREETING = "Encord sandbox at "
"""How the first line of its output begins; its URL ends it."""

START_SECONDS = 60


@dataclass(frozen=True)
class SandboxProcess:
    """A sandbox that runs as users run it."""

    process: ServerProcess

    url: str

    state: Path
    """The directory that it keeps everything in."""

    def client(self) -> EncordUserClient:
        """Connect with the key that it made for itself."""
        return EncordUserClient.create_with_ssh_private_key(
            ssh_private_key_path=self.state / "private_key", domain=self.url
        )

    def kill(self) -> None:
        """End it as a power cut would."""
        os.kill(self.process.pid, signal.SIGKILL)


@contextmanager
def sandbox_process(state: Path) -> Iterator[SandboxProcess]:
    """Run a sandbox on *state*, with the config that lies there."""
    log = state / "sandbox.log"
    log.unlink(missing_ok=True)
    command = [sys.executable, "-m", "encord_provider.sandbox", "--port", "0", "--state", str(state)]
    with running("sandbox", command, log) as process:
        process.wait_until(lambda: "\n" in log.read_text(), START_SECONDS)
        first_line = log.read_text().splitlines()[0]
        assert first_line.startswith(GREETING)
        yield SandboxProcess(process, first_line.removeprefix(GREETING), state)

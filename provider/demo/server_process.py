"""A server that runs beside us: in a process group of its own, with a log file, and gone when we are."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from demo import tied

_POLL_SECONDS = 0.05
_TAIL_BYTES = 8_192


class ServerDied(RuntimeError):
    """A server ended by itself; its last words come with the message."""

    def __init__(self, name: str, code: int, log: Path, last_words: str) -> None:
        self.name = name
        self.code = code
        self.log = log
        self.last_words = last_words
        super().__init__(f"{name} ended with code {code}; its log, {log}, ends with:\n{last_words}")


class ServerNotReady(TimeoutError):
    """A server runs and does not answer in time."""

    def __init__(self, name: str, seconds: float, log: Path, last_words: str) -> None:
        self.name = name
        self.seconds = seconds
        self.log = log
        super().__init__(
            f"{name} did not answer within {seconds:.0f} s; its log, {log}, ends with:\n{last_words}"
        )


class ServerProcess:
    """One server, started by the constructor, and again by `start` when it has ended.

    Args:
        name: What people call it; stands in errors.
        command: The program and its arguments.
        log: Where its output goes, appended.
        env: Its whole environment; ours when left out.

    """

    def __init__(
        self, name: str, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.log = log
        self._command = command
        self._env = env
        self.start()

    def start(self) -> None:
        """Start it with the command, the log and the environment it was made with."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-IS", tied.__file__, str(os.getpid()), *self._command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._env,
                process_group=0,
            )

    @property
    def pid(self) -> int:
        """The process, and its group."""
        return self._process.pid

    def tail(self, lines: int = 20) -> str:
        """Return the last lines of its log."""
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - _TAIL_BYTES))
            return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])

    def check(self) -> None:
        """Raise ServerDied unless it runs."""
        code = self._process.poll()
        if code is not None:
            raise ServerDied(self.name, code, self.log, self.tail())

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Ask *ready* until it says yes.

        Raises:
            ServerDied: The process ended first.
            ServerNotReady: *seconds* passed first.

        """
        deadline = time.monotonic() + seconds
        while True:
            self.check()
            if ready():
                return
            if time.monotonic() > deadline:
                raise ServerNotReady(self.name, seconds, self.log, self.tail())
            time.sleep(_POLL_SECONDS)

    def wait_until_done(self, seconds: float) -> None:
        """Wait for a program that ends by itself.

        Raises:
            ServerDied: It ended with an error.
            ServerNotReady: It still runs after *seconds*.

        """
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise ServerNotReady(self.name, seconds, self.log, self.tail()) from None
        if code != 0:
            raise ServerDied(self.name, code, self.log, self.tail())

    def terminate(self) -> None:
        """Ask the whole group to end, without waiting."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the whole group at once, as a power cut would."""
        self._signal(signal.SIGKILL)
        self._process.wait()

    def stop(self, grace_seconds: float = 15) -> None:
        """End the whole group: SIGTERM, then SIGKILL for who is left after the grace, or when interrupted."""
        self.terminate()
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(grace_seconds)
        finally:
            self.kill()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):  # nobody is left in the group
            os.killpg(self._process.pid, number)


@contextlib.contextmanager
def running(
    name: str, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None
) -> Iterator[ServerProcess]:
    """Run a server for the length of a ``with`` block."""
    server = ServerProcess(name, command, log, env)
    try:
        yield server
    finally:
        server.stop()

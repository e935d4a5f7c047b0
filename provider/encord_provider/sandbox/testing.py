"""A sandbox inside a test: started for a block of code, on a free port, in a thread."""

import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from encord import EncordUserClient

from encord_provider.sandbox import integrations as known_integrations
from encord_provider.sandbox.clock import Clock
from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.configuration import Configuration
from encord_provider.sandbox.faults import Faults
from encord_provider.sandbox.limits import Limits
from encord_provider.sandbox.poison import Poison
from encord_provider.sandbox.requests_seen import RequestSeen
from encord_provider.sandbox.server import SandboxServer
from encord_provider.sandbox.world import World, private_key_path

_START_SECONDS = 30


class RunningSandbox:
    """A sandbox that answers."""

    def __init__(self, world: World, server: SandboxServer, private_key: str) -> None:
        self._world = world
        self.url = server.url
        """Where it is reached: the SDK's ``domain``."""

        self.private_key = private_key
        """The key that opens it, as OpenSSH text."""

    def __repr__(self) -> str:
        return f"RunningSandbox({self.url})"

    @property
    def faults(self) -> Faults:
        """The script of what goes wrong."""
        return self._world.faults

    @property
    def clock(self) -> Clock:
        """The time, for the test to turn."""
        return self._world.clock

    @property
    def requests(self) -> list[RequestSeen]:
        """What the API was asked so far: (method, path, status), status 0 for a dropped connection."""
        return self._world.requests_seen.snapshot()

    def client(self) -> EncordUserClient:
        """Return the SDK's own client for this sandbox."""
        return EncordUserClient.create_with_ssh_private_key(self.private_key, domain=self.url)

    def bearer_token(self) -> str:
        """Return a token that opens the sandbox for the user of the private key."""
        return self.client().get_bearer_token()

    def add_integration(self, integration: Integration) -> str:
        """Add a cloud integration; return its UUID."""
        with self._world.database.writing() as connection:
            return known_integrations.add(connection, integration)

    def hold_jobs(self, *, held: bool = True) -> None:
        """Make upload jobs stand still, or go on."""
        self._world.registrar.hold(held=held)

    def limit_jobs(self, jobs: int | None) -> None:
        """Take so many unfinished upload jobs at a time; None is any number."""
        self._world.registrar.most_jobs = jobs

    def poison(self, url: str | None, *, message: str = "The job failed.", lands: bool = False) -> None:
        """Let jobs that hold a unit whose URL *url* matches fail as a whole; None ends that.

        Args:
            url: Regular expression.
            message: What such a job says, without a word about any one unit.
            lands: Whether the units before the first such one are registered all the same.
        """
        poison = Poison(url=url, message=message, lands=lands) if url is not None else None
        self._world.registrar.poison(poison)

    def pace(self, units_per_second: float | None) -> None:
        """Slow upload jobs down; None is full speed."""
        self._world.registrar.pace(units_per_second)


@contextmanager
def running_sandbox(
    state: Path | None = None,
    integrations: Sequence[Integration] = (),
    units_per_second: float | None = None,
    limits: Limits | None = None,
) -> Iterator[RunningSandbox]:
    """Run a sandbox for the length of a block.

    Args:
        state: Directory of its world, to find again later; a temporary one by default.
        integrations: Cloud integrations that it starts with.
        units_per_second: Pace of its upload jobs; None is full speed.
        limits: Limits that differ from Encord's.
    """
    configuration = Configuration(
        integrations=list(integrations), units_per_second=units_per_second, limits=limits or Limits()
    )
    with tempfile.TemporaryDirectory(prefix="sandbox-", ignore_cleanup_errors=True) as temporary:
        directory = state or Path(temporary)
        world = World.open(directory, configuration)
        answering = threading.Event()
        server = SandboxServer(world, 0, lambda _url: answering.set())
        thread = threading.Thread(target=server.serve_world, name="sandbox", daemon=True)
        thread.start()
        if not answering.wait(_START_SECONDS):
            raise TimeoutError("the sandbox did not start")
        try:
            yield RunningSandbox(world, server, private_key_path(directory).read_text())
        finally:
            server.stop()
            thread.join()

"""A sandbox that works only when the storm tells it to, unit by unit."""

import re
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from encord.http.constants import RequestsSettings
from sqlalchemy import RowMapping, select

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.connection import Credentials
from encord_provider.encord_api.private_key import load_private_key
from encord_provider.sandbox import jobs
from encord_provider.sandbox.cloud import Integration, ObjectReader
from encord_provider.sandbox.configuration import Configuration
from encord_provider.sandbox.poison import Poison
from encord_provider.sandbox.registration.examination import Examiner
from encord_provider.sandbox.registration.registrar import Registrar
from encord_provider.sandbox.server import SandboxServer
from encord_provider.sandbox.tables import folders, items
from encord_provider.sandbox.world import World, private_key_path

QUICK = Path("/dev/shm")  # noqa: S108 - only a parent: a disk would make each flush slow

START_SECONDS = 30

FAILED = "Job terminated: worker lost."
"""What Encord says of a job that failed as a whole."""

OpenObject = Callable[[Integration | None, str], ObjectReader]


class HandTurned(Registrar):
    """Registers one unit at each turn, and nothing by itself."""

    def heard(self) -> None:
        """Do something about news; replaced by whoever turns it."""

    def start(self) -> None:
        """Stand still."""
        self.pace(10.0)  # a tenth of it makes a batch

    def notify(self) -> None:
        """Hear that there may be work."""
        self.heard()

    def turn(self, job: RowMapping) -> None:
        """Work on one job."""
        self._advance(job)


@dataclass
class Encord:
    """A running sandbox, and what moves it."""

    world: World
    registrar: HandTurned
    url: str
    private_key: str
    directory: Path
    """Of its state; storms keep their ledgers there, too."""

    storms: int = 0
    """How many have passed; each has a folder of its own."""

    busy: bool = False
    """Whether there may be jobs with work left."""

    objects: OpenObject | None = None
    """How the storm's objects are read; set by each storm."""

    @cached_property
    def api(self) -> EncordApi:
        """The real client, with the SDK's own number of retries and no pause between them."""
        credentials = Credentials(self.url, load_private_key(self.private_key), "storm")
        return EncordApi(credentials, RequestsSettings(backoff_factor=0))

    def unfinished(self) -> list[RowMapping]:
        """Return the jobs with work left, oldest first."""
        if not self.busy:
            return []
        with self.world.database.reading() as connection:
            left = jobs.unfinished(connection)
        self.busy = bool(left)
        return left

    def jobs_started(self) -> int:
        """Count the jobs that were ever started."""
        with self.world.database.reading() as connection:
            return len(jobs.recent(connection, limit=1_000_000))

    def urls(self, folder: str) -> frozenset[str]:
        """Return the URLs that the folder of a name holds."""
        of_folder = items.c.folder_uuid.in_(select(folders.c.uuid).where(folders.c.name == folder))
        with self.world.database.reading() as connection:
            return frozenset(
                connection.scalars(select(items.c.url).where(of_folder, items.c.url.is_not(None)))
            )

    def has_work(self) -> None:
        """Hear that a job was started."""
        self.busy = True

    def cancel(self, job: RowMapping) -> None:
        """Cancel a job, as a person does in Encord."""
        with self.world.database.writing() as connection:
            jobs.cancel(connection, job["uuid"], self.world.clock.stamp())

    def lose(self, job: RowMapping) -> None:
        """End a job as a whole, for what is no unit's fault."""
        with self.world.database.writing() as connection:
            jobs.fail(connection, job["uuid"], FAILED, self.world.clock.stamp())

    def poison(self, urls: Sequence[str], *, lands: bool) -> None:
        """Make every job fail as a whole that holds one of these; none does when there are none."""
        one_of_them = "|".join(f"{re.escape(url)}$" for url in urls)
        self.registrar.poison(Poison(url=one_of_them, message=FAILED, lands=lands) if urls else None)

    def read(self, integration: Integration | None, url: str) -> ObjectReader:
        """Read one of the storm's objects."""
        assert self.objects, "no storm is on"
        return self.objects(integration, url)


@contextmanager
def hand_turned_encord() -> Iterator[Encord]:
    """Run one for a block; storms use it one after another, each in a folder of its own."""
    storm = Integration(title="storm", kind="s3-compatible", endpoint="https://s3.eu-central-1.amazonaws.com")
    configuration = Configuration(integrations=[storm], page=False)
    quick = QUICK if QUICK.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="storms-", dir=quick, ignore_cleanup_errors=True) as state:
        opened = World.open(Path(state), configuration)

        def read(integration: Integration | None, url: str) -> ObjectReader:
            return encord.read(integration, url)

        examiner = Examiner(read, configuration.limits)
        registrar = HandTurned(opened.database, opened.clock, opened.bells, examiner)
        world = replace(opened, registrar=registrar)
        answering = threading.Event()
        server = SandboxServer(world, 0, lambda _url: answering.set())
        thread = threading.Thread(target=server.serve_world, name="sandbox", daemon=True)
        thread.start()
        if not answering.wait(START_SECONDS):
            raise TimeoutError("the sandbox did not start")
        encord = Encord(world, registrar, server.url, private_key_path(Path(state)).read_text(), Path(state))
        registrar.heard = encord.has_work  # type: ignore[method-assign]  # as its docstring says
        try:
            yield encord
        finally:
            server.stop()
            thread.join()

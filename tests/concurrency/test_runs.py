"""Runs of one source in eight processes at once: each object is registered once, whoever dies."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.tables import leases, objects
from encord_provider.sandbox.testing import RunningSandbox
from tests.bucket import Bucket
from tests.concurrency.processes import FOLDER, PATIENCE_SECONDS, World, described

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

EIGHT = [f"run-{number}" for number in range(8)]
ARRIVING = 64
"""Objects that arrive before each round of runs."""


@dataclass(frozen=True)
class Fleet:
    """One source, one folder, and the runs between them."""

    world: World
    bucket: Bucket
    sandbox: RunningSandbox

    def arrive(self, batch: str) -> None:
        """Put new objects under the source."""
        for number in range(ARRIVING):
            self.bucket.put(f"{batch}-{number:03}.txt", f"{batch} {number}".encode())

    def start(self, runs: Sequence[str]) -> "subprocess.Popen[str]":
        """Start a process for each of *runs*."""
        program = [sys.executable, "-m", "tests.concurrency.processes", described(self.world), *runs]
        return subprocess.Popen(program, stderr=subprocess.PIPE, text=True)

    def run(self, *runs: str) -> None:
        """Run a process for each of *runs*; each must succeed."""
        with self.start(runs) as processes:
            said = processes.communicate(timeout=2 * PATIENCE_SECONDS)[1]
        assert (said, processes.returncode) == ("", 0)

    def kill_who_stopped(self) -> None:
        """Kill the process that is where it was to be killed, once it is there."""
        file = Path(self.world.directory, "stopped")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not file.exists():
            assert time.monotonic() < deadline, "no process stopped"
            time.sleep(0.05)
        os.kill(int(file.read_text()), signal.SIGKILL)

    def receipts(self, *runs: str) -> list[dict[str, int]]:
        """Return what the receipts of *runs* count."""
        return [json.loads(Path(self.world.directory, run).read_text()) for run in runs]

    def registered(self) -> Counter[str]:
        """Count the items of the folder by URL."""
        (folder,) = self.sandbox.client().find_storage_folders(search=FOLDER)
        return Counter(str(item.url) for item in folder.list_items(get_signed_urls=False))

    def attempts(self) -> int:
        """Return in how many jobs the objects were, all together."""
        with Ledger(self.world.ledger) as ledger, ledger.transaction() as connection:
            return connection.scalar(select(func.sum(objects.c.attempts))) or 0

    def leases(self) -> list[str]:
        """Return which leases are held."""
        with Ledger(self.world.ledger) as ledger, ledger.transaction() as connection:
            return list(connection.scalars(select(leases.c.name)))


@pytest.fixture(params=["sqlite", "postgresql"])
def fleet(request: pytest.FixtureRequest, bucket: Bucket, sandbox: RunningSandbox, tmp_path: Path) -> Fleet:
    """Give the test a source, an empty folder and an empty ledger."""
    if request.param == "sqlite":
        ledger = f"sqlite:///{tmp_path / 'ledger.db'}"
    else:
        ledger = request.getfixturevalue("postgres").schema()
    server = bucket.server
    world = World(
        ledger=ledger,
        endpoint=server.endpoint,
        access_key_id=server.access_key_id,
        secret_access_key=server.secret_access_key,
        bucket=bucket.name,
        prefix=bucket.prefix,
        encord=sandbox.url,
        private_key=sandbox.private_key,
        storage=(tmp_path / "storage").as_uri() + "/",
        directory=str(tmp_path),
    )
    return Fleet(world, bucket, sandbox)


def test_eight_runs_at_once_register_each_object_once_and_lose_none(fleet: Fleet) -> None:
    for batch in ("first", "second"):
        fleet.arrive(batch)
        runs = [f"{batch} {run}" for run in EIGHT]
        fleet.run(*runs)

        assert sum(counts["registered"] for counts in fleet.receipts(*runs)) == ARRIVING
        assert all(counts["closed"] for counts in fleet.receipts(*runs))

    assert set(fleet.registered().values()) == {1}
    assert fleet.registered().total() == 2 * ARRIVING
    assert fleet.attempts() == 2 * ARRIVING
    assert fleet.leases() == []


@pytest.mark.parametrize("step", ["build", "submission"])
def test_the_work_of_a_killed_run_is_done_by_the_others(fleet: Fleet, step: str) -> None:
    fleet.arrive("first")
    victim, *others = EIGHT

    with fleet.start([f"{victim}={step}", *others]) as processes:
        fleet.kill_who_stopped()
        said = processes.communicate(timeout=2 * PATIENCE_SECONDS)[1]

    assert (said, processes.returncode) == ("", 1)  # the killed one
    assert set(fleet.registered().values()) == {1}
    assert fleet.registered().total() == ARRIVING
    assert all(counts["closed"] for counts in fleet.receipts(*others))

    fleet.run(victim)  # as Airflow's retry would
    (counts,) = fleet.receipts(victim)
    assert (counts["discovered"], counts["closed"]) == (ARRIVING, True)
    assert fleet.registered().total() == ARRIVING
    assert fleet.leases() == []

"""A bucket, an Encord and an Airflow whose processes may die, and what the Encord itself says came of it."""

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil  # type: ignore[import-untyped]  # it ships none
from sqlalchemy import select

from demo.airflow_api import NoLogin
from demo.airflow_processes import Airflow, running_airflow
from demo.bucket_server import BucketServer
from demo.sandbox_process import INTEGRATION, Sandbox, running_sandbox_process
from demo.server_process import ServerProcess
from demo.world import connections
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.manifests import ManifestRecord
from encord_provider.ledger.tables import manifests
from tests import media
from tests.bucket import Bucket
from tests.contract.trouble import Trouble
from tests.patience import eventually

DAGS = Path(__file__).parent / "dags"

PATIENCE_SECONDS = 400
"""For anything to happen, on a machine that does much else; nothing here takes as long by itself."""

SOON_NOTICED = {
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "30",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "10",
}
"""Airflow gives a task that says nothing five minutes by default; a test need not wait so long. Shorter than this,
and a machine that is busy counts as dead."""


@dataclass(frozen=True)
class Fleet:
    """Where files land, and what brings them to Encord."""

    bucket_server: BucketServer
    bucket: str
    sandbox: Sandbox
    airflow: Airflow
    ledger: Ledger

    @property
    def trouble(self) -> Trouble:
        """What the sandbox is told to do wrong; a new process of it knows nothing of that."""
        return Trouble(self.sandbox.url)

    def component(self, name: str) -> ServerProcess:
        """Return one of Airflow's processes."""
        (found,) = [one for one in self.airflow.components if one.name == f"airflow {name}"]
        return found

    def ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Speak with Airflow's API."""
        url = f"{self.airflow.url}/api/v2/{path}"
        auth = NoLogin(self.airflow.url)
        return httpx.request(method, url, json=body, timeout=PATIENCE_SECONDS, auth=auth).raise_for_status()

    def seen(self, triggerer: int) -> datetime:
        """Return when a triggerer was last heard of."""
        jobs = self.ask("GET", "jobs?job_type=TriggererJob").json()["jobs"]
        (beat,) = [job["latest_heartbeat"] for job in jobs if job["id"] == triggerer]
        return datetime.fromisoformat(beat)

    def arrive(self, folder: str, numbers: Iterable[int]) -> frozenset[str]:
        """Put objects under the prefix that goes into a folder; return their URLs."""
        bucket = Bucket(self.bucket_server, self.bucket, f"{folder}/")
        return frozenset(bucket.put(f"{number:03}.png", media.image(shade=number)) for number in numbers)

    def start(self, dag: str, objects: int) -> "Night":
        """Put objects under a prefix of their own, and start a run over it into a folder of its own."""
        name = uuid4().hex[:8]
        night = Night(self, dag, f"night_{name}", name, self.arrive(name, range(objects)))
        conf = {"source": f"s3://{self.bucket}/{name}/", "folder": name, "integration": INTEGRATION}
        until(lambda: self.airflow.api.has_dag(dag), f"Airflow has read {dag}")
        self.airflow.api.unpause(dag)
        self.airflow.api.trigger(dag, night.run, conf)
        return night


@dataclass(frozen=True)
class Night:
    """One run, and its folder in Encord."""

    fleet: Fleet
    dag: str
    run: str
    folder: str
    urls: frozenset[str] = field(repr=False)
    """Of the objects in the bucket."""

    def tasks(self, task_id: str) -> list[dict[str, Any]]:
        """Return what Airflow knows of a task's instances."""
        path = f"dags/{self.dag}/dagRuns/{self.run}/taskInstances"
        found = self.fleet.ask("GET", path).json()["task_instances"]
        return [one for one in found if one["task_id"] == task_id]

    def triggerer(self) -> int | None:
        """Return the number of the triggerer that has the wait for the jobs in hand, if one has."""
        found = [one["triggerer_job"] for one in self.tasks("registered") if one["state"] == "deferred"]
        return next((int(job["id"]) for job in found if job), None)

    def is_deferred(self) -> bool:
        """Whether a triggerer has the wait for the jobs in hand."""
        return self.triggerer() is not None

    def is_cancelled(self) -> bool:
        """Whether no job of the folder goes on or has come to its end."""
        return set(self.jobs()) == {"CANCELLED"}

    def again(self, objects: int) -> "Night":
        """Put more objects under the prefix, up to as many, and clear all of the run."""
        arrived = self.fleet.arrive(self.folder, range(len(self.urls), objects))
        clear = {"dry_run": False, "only_failed": False, "dag_run_id": self.run}
        self.fleet.ask("POST", f"dags/{self.dag}/clearTaskInstances", clear)
        return replace(self, urls=self.urls | arrived)

    def manifests(self) -> list[ManifestRecord]:
        """Return what the ledger has on record for this folder."""
        query = select(manifests.c.id).where(manifests.c.folder == self.folder)
        with self.fleet.ledger.transaction() as connection:
            ids = list(connection.scalars(query))
        return [self.fleet.ledger.manifests.get(one) for one in ids]

    def jobs(self) -> Counter[str]:
        """Count the folder's upload jobs by status, from the file that Encord keeps them in."""
        return Counter(self._state("jobs", "status"))

    def registered(self) -> Counter[str]:
        """Count the folder's items by URL, from the file that Encord keeps them in."""
        return Counter(self._state("items", "url"))

    def lands(self) -> None:
        """Wait for the run, and compare what Encord holds with the bucket.

        Raises:
            AssertionError: The run did not succeed, its receipt is open, or an object is missing or there twice.

        """
        api = self.fleet.airflow.api
        until(lambda: api.run_state(self.dag, self.run) in {"success", "failed"}, f"{self.run} has ended")
        assert api.run_state(self.dag, self.run) == "success", api.task_states(self.dag, self.run)
        receipt = api.returned(self.dag, self.run, "receipt")
        assert receipt["closed"], receipt
        # what a lost job did is found in the folder, and counts as "already"
        assert receipt["registered"] + receipt["already"] == len(self.urls) == receipt["discovered"], receipt
        assert self.registered() == Counter(self.urls)

    def _state(self, table: str, column: str) -> list[str]:
        file = self.fleet.sandbox.private_key.with_name("sandbox.db")
        query = (
            f"SELECT {table}.{column} FROM {table} JOIN folders ON folders.uuid = folder_uuid"  # noqa: S608 - names of ours
            " WHERE folders.name = ?"
        )
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=60)) as connection:
            return [value for (value,) in connection.execute(query, (self.folder,))]


@contextlib.contextmanager
def running_fleet(state: Path, bucket_server: BucketServer, bucket: str) -> Iterator[Fleet]:
    """Run it all in *state*, with limits that let Airflow notice soon who has died."""
    url = f"sqlite:///{state}/ledger.db"
    with (
        running_sandbox_process(state / "sandbox", bucket_server) as sandbox,
        Ledger(url) as ledger,
        running_airflow(
            state / "airflow",
            DAGS,
            {**connections(bucket_server, sandbox), **SOON_NOTICED, "AIRFLOW__ENCORD__LEDGER_URL": url},
        ) as airflow,
    ):
        yield Fleet(bucket_server, bucket, sandbox, airflow, ledger)


def until(is_so: Callable[[], bool], what: str) -> None:
    """Wait for something; an API that is short of breath, or has just been killed, is asked again."""

    def holds() -> bool:
        try:
            return is_so()
        except httpx.HTTPError:
            return False

    assert eventually(holds, PATIENCE_SECONDS), f"not so after {PATIENCE_SECONDS} s: {what}"


def kill(pid: int) -> None:
    """End a process at once, and the worker that watches it."""
    process = psutil.Process(pid)
    for one in (process.parent(), process):
        one.kill()

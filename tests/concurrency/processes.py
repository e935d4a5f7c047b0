"""Eight processes that ingest one source into one folder, each as a run of its own.

They are forked from a process of its own, which has imported everything and used nothing: no thread, no
connection, no bucket. Each does what the tasks of a run do, and tries again where Airflow would.
"""

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import boto3  # type: ignore[import-untyped]  # it ships none

from encord_provider.buckets.directory import directory_bucket
from encord_provider.buckets.location import Location
from encord_provider.buckets.s3 import s3_bucket
from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.connection import Credentials
from encord_provider.encord_api.private_key import load_private_key
from encord_provider.errors import RetryLater
from encord_provider.ingestion import plan
from encord_provider.ingestion import submit as submission
from encord_provider.ingestion.plan import build
from encord_provider.ingestion.receipt import receipt
from encord_provider.ingestion.rules import Rules
from encord_provider.ingestion.run import Run, Source, Task
from encord_provider.ingestion.settle import settle
from encord_provider.ingestion.storage import Storage
from encord_provider.ingestion.submit import submit
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.manifests import ManifestRecord
from encord_provider.manifest.grouping import Grouping
from encord_provider.manifest.ingestion import Ingestion
from encord_provider.manifest.limits import Advice, Limits
from encord_provider.manifest.manifests import Manifest
from encord_provider.manifest.objects import BucketObject
from encord_provider.uploads.verdict import Verdict, judge

FOLDER = "fleet"
PATIENCE_SECONDS = 120
UNITS_PER_JOB = 16
LEASE_SECONDS = 10
"""How long the lease of a killed process stands in the way of the others."""

Result = TypeVar("Result")


@dataclass(frozen=True)
class World:
    """Where everything is, in words that can be handed to a process."""

    ledger: str
    endpoint: str
    access_key_id: str
    secret_access_key: str
    bucket: str
    prefix: str
    encord: str
    private_key: str
    storage: str
    directory: str
    """Where processes say how far they are, and leave their receipts."""

    def tell(self, name: str, said: object) -> None:
        """Leave a file for the test, whole or not at all."""
        file = Path(self.directory, name)
        file.with_suffix(".part").write_text(json.dumps(said))
        file.with_suffix(".part").rename(file)


class StopsInListing:
    """A listing that never goes on after its first page."""

    checkpoint = None

    def __init__(self, world: World, listing: Iterable[list[BucketObject]]) -> None:
        self._world = world
        self._listing = listing

    def __iter__(self) -> Iterator[list[BucketObject]]:
        """Yield one page, and stay."""
        yield next(iter(self._listing))
        stay(self._world)


class StopsInBuild(Source):
    """A source that is never listed to its end."""

    world: World

    def listing(self, since: Any = None) -> Any:  # noqa: ANN401 - like one
        """List one page, and stay."""
        return StopsInListing(self.world, super().listing(since))


class StopsInSubmission(EncordApi):
    """An Encord whose answer to a started job never arrives."""

    world: World

    def start_upload(
        self, folder_uuid: str, integration: str | None, manifest: Manifest, *, ignore_errors: bool = True
    ) -> NoReturn:
        """Start the job, and stay."""
        super().start_upload(folder_uuid, integration, manifest, ignore_errors=ignore_errors)
        stay(self.world)


def stay(world: World) -> NoReturn:
    """Say that this process is where it was to be killed, and wait for that."""
    world.tell("stopped", os.getpid())
    while True:
        time.sleep(60)


def ingest(world: World, name: str, stop: str = "") -> None:
    """Take every step of the run *name*, and leave its receipt; *stop* in one of them."""
    credentials = Credentials(world.encord, load_private_key(world.private_key), "s3")
    api = EncordApi(credentials)
    if stop == "submission":
        api = StopsInSubmission(credentials)
        api.world = world
    session = boto3.Session(world.access_key_id, world.secret_access_key)
    bucket = s3_bucket(world.bucket, session, region="us-east-1", endpoint=world.endpoint)
    source = Source(bucket, world.prefix)
    if stop == "build":
        StopsInBuild.world = world
        source = StopsInBuild(bucket, world.prefix)
    root = Location.parse(world.storage)
    storage = Storage(directory_bucket(root.bucket), root)
    ingestion = Ingestion(source=f"s3://{world.bucket}/{world.prefix}", folder=FOLDER, settle_seconds=0)
    rules = Rules(Grouping(), Limits(), Advice(units={}, other_units=UNITS_PER_JOB), manifests=100)
    with Ledger(world.ledger) as ledger:
        run = Run(ledger, Task(name, "build"), ingestion, world.encord)
        for record in patiently(lambda: build(run, source, storage, rules)):
            task = Task(name, f"submit {record.id}")
            patiently(lambda: submit(ledger, api, storage, record.id, task))  # noqa: B023 - called at once
            finish(ledger, api, ledger.manifests.get(record.id))
        world.tell(name, receipt(run).counts())


def finish(ledger: Ledger, api: EncordApi, record: ManifestRecord) -> None:
    """Wait for the job of a manifest, and settle it."""
    if record.settled_at is not None:
        return
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        progress = api.upload_progress(str(record.folder_uuid), str(record.job_uuid))
        if judge(progress) is not Verdict.WAIT:
            settle(ledger, api, record, progress)
            return
        time.sleep(0.2)
    raise TimeoutError(record.id)


def patiently(step: Callable[[], Result]) -> Result:
    """Take a step again, as Airflow would, while it says that it may succeed later."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return step()
        except RetryLater:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def main(described: str, *runs: str) -> int:
    """Run a process for each of *runs*, ``NAME`` or ``NAME=STEP TO STOP IN``; return how many fail."""
    world = World(**json.loads(described))
    plan.BUILD_SECONDS = submission.SUBMIT_SECONDS = LEASE_SECONDS
    fork = multiprocessing.get_context("fork")
    split = [run.partition("=")[::2] for run in runs]
    rivals = fork.Barrier(sum(not stop for _, stop in split))

    def act(name: str, stop: str) -> None:
        if not stop:
            wait_for_a_stop(world, [stop for _, stop in split])
            rivals.wait()
        ingest(world, name, stop)

    processes = [fork.Process(target=act, args=run) for run in split]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return sum(process.exitcode != 0 for process in processes)


def wait_for_a_stop(world: World, stops: list[str]) -> None:
    """Wait until the process that is to be killed is where it stops, so that nobody does its work before."""
    while any(stops) and not Path(world.directory, "stopped").exists():
        time.sleep(0.05)


def described(world: World) -> str:
    """Return what `main` takes."""
    return json.dumps(asdict(world))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""The steps of a run without Airflow: a real bucket, a real ledger, an Encord on localhost."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]  # it ships none
import pytest
from encord.storage import StorageFolder

from encord_provider.buckets.directory import directory_bucket
from encord_provider.buckets.location import Location
from encord_provider.buckets.s3 import s3_bucket
from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.connection import Credentials
from encord_provider.encord_api.private_key import load_private_key
from encord_provider.ingestion.description import Description
from encord_provider.ingestion.outcome import Outcome, settle_finished
from encord_provider.ingestion.plan import build
from encord_provider.ingestion.probe import Probing
from encord_provider.ingestion.receipt import Receipt, receipt
from encord_provider.ingestion.rules import Rules
from encord_provider.ingestion.run import Run, Source, Task
from encord_provider.ingestion.settle import Settlement, settle
from encord_provider.ingestion.storage import Storage
from encord_provider.ingestion.submit import submit
from encord_provider.ledger.ledger import Ledger
from encord_provider.manifest.completeness import Completeness
from encord_provider.manifest.grouping import Grouping
from encord_provider.manifest.ingestion import Changed, Gone, Ingestion
from encord_provider.manifest.limits import Advice, Limits
from encord_provider.sandbox.testing import RunningSandbox
from encord_provider.uploads.progress import Progress
from encord_provider.uploads.verdict import Verdict, judge
from tests.bucket import Bucket

FOLDER = "fleet"
PATIENCE_SECONDS = 60
"""For a job to get on: the sandbox works at several at once, so one may stand while others run."""


@dataclass
class Pipeline:
    """Everything that the steps of a run need."""

    bucket: Bucket
    sandbox: RunningSandbox
    ledger: Ledger
    storage: Storage
    grouping: Grouping = field(default_factory=Grouping)
    settle_seconds: float = 0
    changed: Changed = "report"
    gone: Gone = "report"
    complete: Completeness = field(default_factory=Completeness)
    description: Description = field(default_factory=Description)
    strict: bool = False
    integration: str | None = None
    exclude: tuple[str, ...] = ("**/*.tmp",)
    probing: Probing = field(default_factory=Probing)

    @property
    def api(self) -> EncordApi:
        """A client of its own, as each task has one."""
        return EncordApi(Credentials(self.sandbox.url, load_private_key(self.sandbox.private_key), "s3"))

    @property
    def source(self) -> Source:
        """The test's prefix, opened anew."""
        server = self.bucket.server
        session = boto3.Session(server.access_key_id, server.secret_access_key)
        opened = s3_bucket(self.bucket.name, session, region=server.region, endpoint=server.endpoint)
        return Source(opened, self.bucket.prefix)

    def run(self, name: str = "run") -> Run:
        """Name a run of this pipeline."""
        ingestion = Ingestion(
            source=self.bucket.uri(""),
            folder=FOLDER,
            integration=self.integration,
            exclude=self.exclude,
            settle_seconds=self.settle_seconds,
            changed=self.changed,
            gone=self.gone,
        )
        return Run(self.ledger, Task(name, "task"), ingestion, self.sandbox.url)

    def build(self, name: str = "run", units_per_job: int = 1000) -> list[str]:
        """Build the manifests of a run; return their names."""
        advice = Advice(units={}, other_units=units_per_job)
        rules = Rules(
            self.grouping,
            Limits(),
            advice,
            100,
            self.complete,
            self.description,
            probing=self.probing,
            strict=self.strict,
        )
        return [record.id for record in build(self.run(name), self.source, self.storage, rules)]

    def submit(self, manifest: str, name: str = "run") -> str | None:
        """Submit one manifest; return its job."""
        return submit(self.ledger, self.api, self.storage, manifest, Task(name, manifest))

    def settle(self, *jobs: str | None) -> list[Settlement]:
        """Wait for jobs and settle them."""
        settled = []
        for record in self.ledger.manifests.of_jobs([job for job in jobs if job]):
            progress = self._ended(record.folder_uuid or "", record.job_uuid or "")
            settled.append(settle(self.ledger, self.api, record, progress))
        return settled

    def wait(self, jobs: Sequence[str | None], max_failed: float | None = None, name: str = "run") -> Outcome:
        """Do what the task does that waits for the jobs of a run, until none is left."""
        waits, given = Task(name, "registered"), [job for job in jobs if job]
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while (
            outcome := settle_finished(self.ledger, self.api, self.storage, given, max_failed, task=waits)
        ).running:
            assert time.monotonic() < give_up_at, outcome
            time.sleep(0.02)
        return outcome

    def _ended(self, folder: str, job: str) -> Progress:
        """Wait for one job, for as long as it gets on."""
        before, patient_until = None, 0.0
        while True:
            progress = self.api.upload_progress(folder, job)
            if judge(progress) is not Verdict.WAIT:
                return progress
            if progress != before:
                before, patient_until = progress, time.monotonic() + PATIENCE_SECONDS
            assert time.monotonic() < patient_until, progress
            time.sleep(0.05)

    def ingest(self, name: str = "run") -> Receipt:
        """Run all steps."""
        self.settle(*[self.submit(manifest, name) for manifest in self.build(name)])
        return receipt(self.run(name))

    def account(self, name: str = "run") -> Receipt:
        """Compute the receipt of a run."""
        return receipt(self.run(name))

    def items(self) -> list[Any]:
        """List what is in the folder, through the SDK."""
        (folder,) = self.folders(FOLDER)
        return list(folder.list_items())

    def folders(self, name: str) -> list[StorageFolder]:
        """Find the folders of exactly this name, through the SDK."""
        found = self.sandbox.client().find_storage_folders(search=name)
        return [folder for folder in found if folder.name == name]

    def grouped(self, image_groups: str | None = None, image_sequences: str | None = None) -> "Pipeline":
        """Return the same pipeline with patterns for groups."""
        return replace(self, grouping=Grouping(image_groups=image_groups, image_sequences=image_sequences))


@pytest.fixture
def pipeline(bucket: Bucket, sandbox: RunningSandbox, tmp_path: Path) -> Iterator[Pipeline]:
    """Give the test a pipeline of its own."""
    root = Location.parse((tmp_path / "storage").as_uri() + "/")
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        yield Pipeline(bucket, sandbox, ledger, Storage(directory_bucket(root.bucket), root))

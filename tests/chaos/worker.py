"""All steps of one run in a process of its own, to be killed; its settings come on stdin."""

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import boto3  # type: ignore[import-untyped]  # it ships none

from encord_provider.buckets.directory import directory_bucket
from encord_provider.buckets.location import Location
from encord_provider.buckets.s3 import s3_bucket
from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.connection import Credentials
from encord_provider.encord_api.private_key import load_private_key
from encord_provider.errors import RetryLater
from encord_provider.ingestion.link import link_folder
from encord_provider.ingestion.outcome import settle_finished
from encord_provider.ingestion.plan import build
from encord_provider.ingestion.receipt import Receipt, receipt
from encord_provider.ingestion.rules import Rules
from encord_provider.ingestion.run import Run, Source, Task
from encord_provider.ingestion.storage import Storage
from encord_provider.ingestion.submit import submit
from encord_provider.ledger.ledger import Ledger
from encord_provider.manifest.grouping import Grouping
from encord_provider.manifest.ingestion import Ingestion
from encord_provider.manifest.limits import Advice, Limits

READY = "ready"
"""The first line of its output: everything is imported, and it waits for its settings."""

POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Settings:
    """Where everything is."""

    directory: str
    """Of the ledger and the manifests."""

    encord: str
    private_key: str
    endpoint: str
    region: str
    access_key_id: str
    secret_access_key: str
    bucket: str
    prefix: str

    def to_json(self) -> str:
        """Spell them in one line."""
        return json.dumps(asdict(self))


def work(run: str, settings: Settings) -> Receipt:
    """Go through all steps as the tasks of a DAG run would, one after another."""
    root = Location.parse(Path(settings.directory, "storage").as_uri() + "/")
    storage = Storage(directory_bucket(root.bucket), root)
    session = boto3.Session(settings.access_key_id, settings.secret_access_key)
    bucket = s3_bucket(settings.bucket, session, region=settings.region, endpoint=settings.endpoint)
    api = EncordApi(Credentials(settings.encord, load_private_key(settings.private_key), "s3"))
    ingestion = Ingestion(source=f"s3://{settings.bucket}/{settings.prefix}", folder="fleet")
    rules = Rules(Grouping(), Limits(), Advice(units={}, other_units=5), manifests=100)
    with Ledger(f"sqlite:///{settings.directory}/ledger.db") as ledger:
        whole = Run(ledger, Task(run, "build"), ingestion, settings.encord)
        records = build(whole, Source(bucket, settings.prefix), storage, rules)
        jobs = [
            submit(ledger, api, storage, record.id, Task(run, f"submit[{index}]"))
            for index, record in enumerate(records)
        ]
        waits = Task(run, "registered")
        given = [job for job in jobs if job]
        while settle_finished(ledger, api, storage, given, None, task=waits).running:
            time.sleep(POLL_SECONDS)
        link_folder(ledger, api, "fleet", "fleet", Task(run, "link"))
        return receipt(whole)


def main() -> None:
    """Wait for the word, work, and print the receipt; a fault that a retry mends ends it with 75."""
    print(READY, flush=True)
    settings = Settings(**json.loads(sys.stdin.readline()))
    try:
        account = work(sys.argv[1], settings)
    except RetryLater as error:
        print(error, file=sys.stderr)
        sys.exit(75)
    print(json.dumps(account.counts()), flush=True)


if __name__ == "__main__":
    main()

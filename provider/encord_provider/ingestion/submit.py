"""One manifest to one upload job, whatever happened before."""

import time
from dataclasses import replace

from encord_provider.encord_api.api import EncordApi
from encord_provider.ingestion.pacing import Pace
from encord_provider.ingestion.places import made_folder
from encord_provider.ingestion.present import FolderIndex
from encord_provider.ingestion.run import Task
from encord_provider.ingestion.storage import Storage
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.manifests import ManifestRecord
from encord_provider.ledger.pacing import DEFAULT_BOUNDS, Bounds
from encord_provider.manifest.manifests import Manifest

SUBMIT_SECONDS = 900
"""How long a submission may go without a transaction; longer than all retries of one request."""

PATIENCE_SECONDS = 60
"""How long to wait for another task that does the same, before leaving the wait to Airflow."""

SUPERSEDED = " (superseded)"
"""What the folder of the items that were set aside is named after that of their successors."""


def submit(
    ledger: Ledger,
    api: EncordApi,
    storage: Storage,
    manifest_id: str,
    task: Task,
    *,
    bounds: Bounds = DEFAULT_BOUNDS,
    strict: bool = False,
) -> str | None:
    """Return the upload job of a manifest, and start it if that was not done yet.

    The intent is in the ledger before the request and the job after it. When an earlier try left an intent
    without a job, nobody knows whether it started one: what the folder already holds is recorded, and only
    the rest is sent again. None when nothing is left to send. A *strict* job ends with its first refused unit.

    Raises:
        LeaseHeld: Another task is submitting this manifest.
        NoRoom: As many jobs as may be are under way, and none of them has ended for long.
        EncordUnavailable: The job may have been started; a retry finds out.
        Refused: Encord did not take the manifest.

    """
    with ledger.leases.hold(
        f"submit {manifest_id}", task.name, SUBMIT_SECONDS, patience=PATIENCE_SECONDS
    ) as lease:
        ledger = ledger.under(lease)
        record = ledger.manifests.get(manifest_id)
        if record.job_uuid or record.settled_at is not None:
            return record.job_uuid
        manifest = Manifest.from_json(storage.read(record.uri), record.uri)
        folder_uuid = _folder(ledger, api, record, task)
        if record.outcome_unknown:
            manifest = _remainder(ledger, api, record, manifest, folder_uuid)
        if not manifest.units:
            ledger.manifests.settled(manifest_id, time.time())
            return None
        integration = api.integration(record.integration)
        _set_superseded_aside(ledger, api, record, folder_uuid, task)
        pace = Pace(ledger, api, record, bounds)
        record = replace(record, strict=strict)
        job_uuid = pace.start(lambda: _start(ledger, api, record, folder_uuid, integration, manifest))
        with ledger.transaction() as connection:
            ledger.manifests.submitted(connection, manifest_id, job_uuid, task.run, time.time())
            ledger.objects.submitted(connection, manifest_id)
        return job_uuid


def _start(  # noqa: PLR0917 - what a job is
    ledger: Ledger,
    api: EncordApi,
    record: ManifestRecord,
    folder_uuid: str,
    integration: str | None,
    manifest: Manifest,
) -> str:
    """Start the job, with the intent on record first."""
    ledger.manifests.intend(record.id, folder_uuid, time.time(), strict=record.strict)
    return api.start_upload(folder_uuid, integration, manifest, ignore_errors=not record.strict)


def _folder(ledger: Ledger, api: EncordApi, record: ManifestRecord, task: Task) -> str:
    """Find or make the folder; names are not unique, so only one task at a time may make it."""
    return made_folder(ledger, api, record.folder, task).uuid


def _set_superseded_aside(
    ledger: Ledger, api: EncordApi, record: ManifestRecord, folder_uuid: str, task: Task
) -> None:
    """Move the items that units of this manifest take the place of into a folder of their own.

    Their URLs are free then, so that Encord makes new items of them and still skips what a lost job has made.
    Nothing is deleted: labels, and rows in datasets, stay with the old items.
    """
    items = ledger.objects.superseded(record.id)
    if not items:
        return
    aside = made_folder(ledger, api, f"{record.folder}{SUPERSEDED}", task)
    api.move(items, folder_uuid, aside.uuid)
    ledger.objects.set_aside(record.target, items)


def _remainder(
    ledger: Ledger, api: EncordApi, record: ManifestRecord, manifest: Manifest, folder_uuid: str
) -> Manifest:
    """Record the units that the folder already holds; return a manifest of the others."""
    index = FolderIndex.read(api, folder_uuid)
    there = {
        unit.title: item
        for unit in manifest.units
        if (item := index.item_of(unit.kind, unit.title, unit.urls))
    }
    ledger.objects.settle(record.id, registered=there, quarantined={})
    absent = tuple(unit for unit in manifest.units if unit.title not in there)
    return Manifest(absent, manifest.skip_duplicate_urls, manifest.upsert_metadata)

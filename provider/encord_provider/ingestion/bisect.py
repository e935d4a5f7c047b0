"""A manifest whose job failed as a whole: its units are sent in parts, until those at fault are alone."""

import time
from collections.abc import Sequence
from dataclasses import replace

from encord_provider.encord_api.api import EncordApi
from encord_provider.errors import UploadFailed
from encord_provider.ingestion.plan import store
from encord_provider.ingestion.run import Task
from encord_provider.ingestion.settle import settle
from encord_provider.ingestion.storage import Storage
from encord_provider.ingestion.submit import PATIENCE_SECONDS, SUBMIT_SECONDS, submit
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.manifests import ManifestRecord
from encord_provider.ledger.pacing import DEFAULT_BOUNDS, Bounds
from encord_provider.manifest.manifests import Manifest
from encord_provider.uploads.bisection import Accuse, GiveUp, Part, Send, next_step
from encord_provider.uploads.progress import JobStatus
from encord_provider.uploads.verdict import Verdict, judge

BLAMED = "its upload job failed as a whole: "
"""What the reason of a unit at fault begins with, before Encord's own words."""


def bisect(
    ledger: Ledger,
    api: EncordApi,
    storage: Storage,
    manifest_id: str,
    task: Task,
    *,
    bounds: Bounds = DEFAULT_BOUNDS,
) -> list[ManifestRecord]:
    """Go on with a manifest whose job failed as a whole; return the parts whose jobs are to be waited for.

    A part is a manifest like any other: it is on record before its job is started, and an unknown outcome is
    resolved by the folder. What is next follows from the ledger alone, so any task may go on where another died.

    Raises:
        LeaseHeld: Another task does this right now.
        UploadFailed: It is not the units: the search was given up, and what is unknown is new again.

    """
    name = f"bisect {manifest_id}"
    with ledger.leases.hold(name, task.name, SUBMIT_SECONDS, patience=PATIENCE_SECONDS) as lease:
        ledger = ledger.under(lease)
        while True:
            records = ledger.manifests.families([manifest_id])
            live = [one for one in records if one.settled_at is None and one.failed_at is None]
            if live and all(_is_over(ledger, api, storage, one, task, bounds) for one in live):
                continue
            if live or not _take_step(ledger, storage, records, task):
                return live


def _is_over(  # noqa: PLR0917 - what a job needs
    ledger: Ledger, api: EncordApi, storage: Storage, record: ManifestRecord, task: Task, bounds: Bounds
) -> bool:
    """Start the job of a part where none is known, or settle one that failed; tell whether it needs another look."""
    if not record.job_uuid or not record.folder_uuid:
        submit(ledger, api, storage, record.id, task, bounds=bounds)
        return True
    progress = api.upload_progress(record.folder_uuid, record.job_uuid)
    if judge(progress) is not Verdict.FAILED:
        return False
    settle(ledger, api, record, progress)
    return True


def _take_step(ledger: Ledger, storage: Storage, records: Sequence[ManifestRecord], task: Task) -> bool:
    """Do what follows from what is known; tell whether there was anything to do."""
    parts = _parts(ledger, records)
    for part, record in zip(parts, records, strict=True):
        if not part.open and record.settled_at is None:
            ledger.manifests.settled(record.id, time.time())
    match next_step(parts):
        case Send(units):
            _plan(ledger, storage, records, units, task)
        case Accuse(manifest, unit):
            (errors,) = (record.errors for record in records if record.id == manifest)
            reason = BLAMED + ("; ".join((errors or "").splitlines()) or "Encord gave no reason")
            ledger.objects.settle(manifest, registered={}, quarantined={unit: reason})
        case GiveUp(without_ground):
            _give_up(ledger, records, without_ground)
        case None:
            return False
    return True


def _parts(ledger: Ledger, records: Sequence[ManifestRecord]) -> list[Part]:
    units = ledger.parts.units([record.id for record in records])
    return [
        Part(
            record.id,
            record.failed_at is not None,
            tuple(units[record.id].open),
            units[record.id].registered,
            units[record.id].refused,
        )
        for record in records
    ]


def _plan(
    ledger: Ledger, storage: Storage, records: Sequence[ManifestRecord], units: Sequence[str], task: Task
) -> None:
    """Store a part and record it, with the objects that go into it, in one transaction."""
    whole, wanted, now = records[0], set(units), time.time()
    manifest = Manifest.from_json(storage.read(whole.uri), whole.uri)
    chosen = tuple(unit for unit in manifest.units if unit.title in wanted)
    part_id, uri = store(storage, whole.target, replace(manifest, units=chosen), now)
    part = ManifestRecord(
        id=part_id,
        target=whole.target,
        uri=uri,
        folder=whole.folder,
        integration=whole.integration,
        units=len(chosen),
        built_by=task.run,
        built_at=now,
        origin=whole.id,
        part=records[-1].part + 1,
    )
    with ledger.transaction() as connection:
        ledger.manifests.build(connection, part)
        ledger.parts.move(connection, [record.id for record in records], units, part_id)


def _give_up(ledger: Ledger, records: Sequence[ManifestRecord], without_ground: Sequence[str]) -> None:
    """Make everything new again that is unknown, and what was found at fault without ground."""
    ledger.parts.release([record.id for record in records], without_ground)
    for record in records:
        ledger.manifests.settled(record.id, time.time())
    last = records[-1]
    errors = [*(last.errors or "").splitlines(), "one part of it after another fails, so it is not its units"]
    raise UploadFailed(str(records[0].job_uuid), JobStatus.ERROR, errors)

"""A manifest whose job failed as a whole: its units are sent in parts, until those at fault are alone."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

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
        return _Search(ledger.under(lease), api, storage, manifest_id, task, bounds).go_on()


@dataclass(frozen=True)
class _Search:
    """What was found out so far about one manifest, which is all in the ledger, and how to find out more."""

    ledger: Ledger
    api: EncordApi
    storage: Storage
    manifest_id: str
    task: Task
    bounds: Bounds

    def go_on(self) -> list[ManifestRecord]:
        """Take steps until nothing is left to do but to wait; return the parts that are waited for."""
        while True:
            records = self.ledger.manifests.families([self.manifest_id])
            live = [one for one in records if one.settled_at is None and one.failed_at is None]
            if live and all(self._is_over(one) for one in live):
                continue
            if live or not self._take_step(records):
                return live

    def _is_over(self, record: ManifestRecord) -> bool:
        """Start the job of a part where none is known, or settle one that failed; tell if it needs another look."""
        if not record.job_uuid or not record.folder_uuid:
            submit(self.ledger, self.api, self.storage, record.id, self.task, bounds=self.bounds)
            return True
        progress = self.api.upload_progress(record.folder_uuid, record.job_uuid)
        if judge(progress) is not Verdict.FAILED:
            return False
        settle(self.ledger, self.api, record, progress)
        return True

    def _take_step(self, records: Sequence[ManifestRecord]) -> bool:
        """Do what follows from what is known; tell whether there was anything to do."""
        parts = _parts(self.ledger, records)
        for part, record in zip(parts, records, strict=True):
            if not part.open and record.settled_at is None:
                self.ledger.manifests.settled(record.id, time.time())
        match next_step(parts):
            case Send(units):
                self._plan(records, units)
            case Accuse(manifest, unit):
                (errors,) = (record.errors for record in records if record.id == manifest)
                reason = BLAMED + ("; ".join((errors or "").splitlines()) or "Encord gave no reason")
                self.ledger.objects.settle(manifest, registered={}, quarantined={unit: reason})
            case GiveUp(without_ground):
                _give_up(self.ledger, records, without_ground)
            case None:
                return False
        return True

    def _plan(self, records: Sequence[ManifestRecord], units: Sequence[str]) -> None:
        """Store a part and record it, with the objects that go into it, in one transaction."""
        whole, wanted, now = records[0], set(units), time.time()
        manifest = Manifest.from_json(self.storage.read(whole.uri), whole.uri)
        chosen = tuple(unit for unit in manifest.units if unit.title in wanted)
        part_id, uri = store(self.storage, whole.target, replace(manifest, units=chosen), now)
        part = ManifestRecord(
            id=part_id,
            target=whole.target,
            uri=uri,
            folder=whole.folder,
            integration=whole.integration,
            units=len(chosen),
            built_by=self.task.run,
            built_at=now,
            origin=whole.id,
            part=records[-1].part + 1,
        )
        with self.ledger.transaction() as connection:
            self.ledger.manifests.build(connection, part)
            self.ledger.parts.move(connection, [record.id for record in records], units, part_id)


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


def _give_up(ledger: Ledger, records: Sequence[ManifestRecord], without_ground: Sequence[str]) -> None:
    """Make everything new again that is unknown, and what was found at fault without ground."""
    ledger.parts.release([record.id for record in records], without_ground)
    for record in records:
        ledger.manifests.settled(record.id, time.time())
    last = records[-1]
    errors = [*(last.errors or "").splitlines(), "one part of it after another fails, so it is not its units"]
    raise UploadFailed(str(records[0].job_uuid), JobStatus.ERROR, errors)

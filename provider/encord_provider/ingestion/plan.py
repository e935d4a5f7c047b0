"""New objects to manifests, with what cannot be registered set aside first."""

import time
from collections.abc import Iterable
from dataclasses import replace

from encord_provider.ingestion.discover import discover
from encord_provider.ingestion.parts import Part, enlargement, parts
from encord_provider.ingestion.rules import Rules
from encord_provider.ingestion.run import Run, Source
from encord_provider.ingestion.sieve import Sieve
from encord_provider.ingestion.spool import Spool
from encord_provider.ingestion.storage import Storage
from encord_provider.ledger.manifests import ManifestRecord
from encord_provider.manifest.external import unsayable
from encord_provider.manifest.json_writer import Dialect
from encord_provider.manifest.manifests import Manifest, digest_of
from encord_provider.manifest.units import Unit

BUILD_SECONDS = 600
"""How long a build may go without writing a page before another run takes its place."""

BUILD_PATIENCE_SECONDS = 120
"""How long a build waits for another run's build of the same folder before it leaves the wait to Airflow."""


def build(run: Run, source: Source, storage: Storage, rules: Rules) -> list[ManifestRecord]:
    """Discover what is new, write manifests of it, and return every manifest that *run* is to submit.

    Among them are manifests that a run which died has left behind. Only one run at a time builds for a folder.
    Memory grows with the size of a manifest and the number of groups, not with the number of objects.

    Raises:
        LeaseHeld: Another run is building for the same folder.
        TooManyManifests: What is new does not fit into as many manifests as there may be.
        BadManifest: The rules are strict, and something new cannot be registered.

    """
    name = f"build {run.target}"
    with run.ledger.leases.hold(name, run.task.name, BUILD_SECONDS, patience=BUILD_PATIENCE_SECONDS) as lease:
        run = replace(run, ledger=run.ledger.under(lease))
        discovery = discover(run, source, rules.grouping)
        sieve = Sieve(run, source, rules, discovery)
        with Spool(lease.prolong) as spool:
            sieve.sift(spool)
            bounds = (rules.limits, rules.advice, rules.manifests)
            enlarged = enlargement(spool, *bounds)
            for part in parts(spool, *bounds, enlarged):
                _write(run, storage, part)
        listing = replace(discovery.listing, pending=discovery.listing.pending + sieve.held_objects)
        run.ledger.runs.record(run.key, listing, time.time())
        return _unsettled(run)


def _unsettled(run: Run) -> list[ManifestRecord]:
    """Return what *run* is to submit, oldest first: also manifests whose objects no listing shows any more."""
    own = [record for record in run.ledger.manifests.of_run(run.key) if record.settled_at is None]
    found = {record.id: record for record in (*run.ledger.manifests.left_behind(run.key), *own)}
    return sorted(found.values(), key=lambda record: (record.built_at, record.id))


def _write(run: Run, storage: Storage, part: Part) -> None:
    """Store one manifest, then record it and its objects in one transaction."""
    now = time.time()
    units = tuple(candidate.unit for candidate in part if candidate.unit)
    manifest_id, uri = store(storage, run.target, Manifest(units), now)
    record = ManifestRecord(
        id=manifest_id,
        target=run.target,
        uri=uri,
        folder=run.ingestion.folder,
        integration=run.ingestion.integration,
        units=len(part),
        built_by=run.name,
        built_at=now,
    )
    with run.ledger.transaction() as connection:
        run.ledger.manifests.build(connection, record)
        run.ledger.objects.plan(connection, run.target, manifest_id, part)


def store(storage: Storage, target: str, manifest: Manifest, now: float) -> tuple[str, str]:
    """Store a manifest; return its name, which no other has, and its URI."""
    content = manifest.to_json(dialect_of(manifest.units))
    manifest_id = digest_of(f"{target}\n{now}\n".encode() + content)
    return manifest_id, storage.write(f"manifests/{manifest_id}.json", content)


def dialect_of(units: Iterable[Unit]) -> Dialect:
    """Return the documented JSON, or the typed form where only that has a place for what is known of some file."""
    return Dialect.TYPED if any(unsayable(unit) for unit in units) else Dialect.DOCUMENTED

"""New objects to manifests, with what cannot be registered set aside first."""

import time
from dataclasses import replace

from encord_provider.ingestion.discover import discover
from encord_provider.ingestion.parts import Part, enlargement, parts
from encord_provider.ingestion.rules import Rules
from encord_provider.ingestion.run import Run, Source
from encord_provider.ingestion.sieve import Sieve
from encord_provider.ingestion.spool import Spool
from encord_provider.ingestion.storage import Storage
from encord_provider.ledger.manifests import ManifestRecord
from encord_provider.manifest.manifests import Manifest, digest_of

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
        return [record for record in run.ledger.manifests.of_run(run.key) if record.settled_at is None]


def _write(run: Run, storage: Storage, part: Part) -> None:
    """Store one manifest, then record it and its objects in one transaction."""
    content = Manifest(tuple(candidate.unit for candidate in part if candidate.unit)).to_json()
    now = time.time()
    manifest_id = digest_of(f"{run.target}\n{now}\n".encode() + content)
    uri = storage.write(f"manifests/{manifest_id}.json", content)
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

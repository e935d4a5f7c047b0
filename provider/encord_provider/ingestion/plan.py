"""New objects to manifests, with what cannot be registered set aside first."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from encord_provider.ingestion.discover import Discovery, discover
from encord_provider.ingestion.run import Run, Source
from encord_provider.ingestion.series import strays
from encord_provider.ingestion.storage import Storage
from encord_provider.ledger.manifests import ManifestRecord
from encord_provider.manifest.chunks import chunk, enlargement
from encord_provider.manifest.faults import faults_of
from encord_provider.manifest.grouping import Grouping, group
from encord_provider.manifest.kinds import GROUPED
from encord_provider.manifest.limits import Advice, Limits
from encord_provider.manifest.manifests import Manifest, digest_of
from encord_provider.manifest.objects import BucketObject
from encord_provider.manifest.units import Unit, unit_of

Members: TypeAlias = tuple[BucketObject, ...]
"""The objects of one unit, in order."""

UNSUPPORTED = "Encord has no kind for a file of this name; exclude it, or rename it"

BUILD_SECONDS = 600
"""How long a build may go without writing a page before another run takes its place."""

BUILD_PATIENCE_SECONDS = 120
"""How long a build waits for another run's build of the same folder before it leaves the wait to Airflow."""


@dataclass(frozen=True)
class Rules:
    """How new objects become units, and units manifests."""

    grouping: Grouping
    limits: Limits
    advice: Advice
    manifests: int
    """The most manifests a run may make; they grow beyond the advice before there are more."""


def build(run: Run, source: Source, storage: Storage, rules: Rules) -> list[ManifestRecord]:
    """Discover what is new, write manifests of it, and return every manifest that *run* is to submit.

    Among them are manifests that a run which died has left behind. Only one run at a time builds for a folder.

    Raises:
        LeaseHeld: Another run is building for the same folder.

    """
    name = f"build {run.target}"
    with run.ledger.leases.hold(name, run.task.name, BUILD_SECONDS, patience=BUILD_PATIENCE_SECONDS) as lease:
        run = replace(run, ledger=run.ledger.under(lease))
        discovery = discover(run, source, rules.grouping)
        units, held = _sort(run, source, discovery, rules)
        enlarged = enlargement(units, rules.advice, rules.manifests)
        for part in _chunks(units, rules, enlarged):
            _write(run, storage, part, units)
        listing = replace(discovery.listing, pending=discovery.listing.pending + held)
        run.ledger.runs.record(run.key, listing, time.time())
        return [record for record in run.ledger.manifests.of_run(run.key) if record.settled_at is None]


def _chunks(units: Iterable[Unit], rules: Rules, enlarged: float) -> Iterator[tuple[Unit, ...]]:
    """Yield the units of each manifest; units of one title, but of different kinds, are in different ones.

    An upload job reports what it registered by title alone.
    """
    rounds: dict[int, list[Unit]] = defaultdict(list)
    uses: Counter[str] = Counter()
    for unit in units:
        rounds[uses[unit.title]].append(unit)
        uses[unit.title] += 1
    for one_of_each in rounds.values():
        yield from chunk(one_of_each, rules.limits, rules.advice, enlarged=enlarged)


def _sort(run: Run, source: Source, discovery: Discovery, rules: Rules) -> tuple[dict[Unit, Members], int]:
    """Return the units that can be registered, and how many objects are held for a later run.

    Everything else that is new goes into quarantine, each object with its reason.
    """
    objects = run.ledger.objects
    grouped = group(_new(run, source, rules.grouping), rules.grouping)
    objects.quarantine(run.target, grouped.unsupported, UNSUPPORTED)
    good: dict[Unit, Members] = {}
    held = 0
    for whole, all_members in grouped.units:
        if whole.kind in GROUPED and whole.title in discovery.unfinished_units:
            objects.forget(run.key, all_members)
            held += len(all_members)
            continue
        unit, members = _without_strays(run, source, whole, all_members)
        reason = _reason_against(run, source, unit, members, rules.limits)
        if reason:
            objects.quarantine(run.target, members, reason, unit)
        else:
            good[unit] = members
    return good, held


def _new(run: Run, source: Source, grouping: Grouping) -> list[BucketObject]:
    """Return the new objects, and with a new member of a refused group its other members."""
    objects = run.ledger.objects
    new = objects.new(run.key)
    places = {grouping.place(obj.key) for obj in new}
    groups = [place for place in places if place and place[0] in GROUPED]
    for kind, title in groups:
        objects.revive(run.key, kind, title, source.bucket.url_of(""))
    return objects.new(run.key) if groups else new


def _without_strays(run: Run, source: Source, unit: Unit, members: Members) -> tuple[Unit, Members]:
    """Return a DICOM series without the files of another study, which go into quarantine."""
    found = strays(source.bucket, unit, members)
    for obj, reason in found:
        run.ledger.objects.quarantine(run.target, [obj], reason, unit)
    outside = {obj.url for obj, _ in found}
    kept = tuple(obj for obj in members if obj.url not in outside)
    return unit_of(unit.kind, unit.title, kept), kept


def _reason_against(run: Run, source: Source, unit: Unit, members: Members, limits: Limits) -> str | None:
    """Return why *unit* cannot be registered, or None."""
    for obj in members:
        if obj.size == 0:
            return "the object is empty" if len(members) == 1 else f"{obj.key}, of the same unit, is empty"
    faults = list(faults_of(unit, limits))
    if faults:
        return "; ".join(f"{fault.problem}; {fault.remedy}" for fault in faults)
    if unit.kind in GROUPED and run.ledger.objects.is_in_a_manifest(
        run.target, unit, source.bucket.url_of("")
    ):
        return f"it came late: {unit.title} was submitted without it"
    return None


def _write(run: Run, storage: Storage, units: tuple[Unit, ...], members: Mapping[Unit, Members]) -> None:
    """Store one manifest, then record it and its objects in one transaction."""
    content = Manifest(units).to_json()
    now = time.time()
    manifest_id = digest_of(f"{run.target}\n{now}\n".encode() + content)
    uri = storage.write(f"manifests/{manifest_id}.json", content)
    record = ManifestRecord(
        id=manifest_id,
        target=run.target,
        uri=uri,
        folder=run.ingestion.folder,
        integration=run.ingestion.integration,
        units=len(units),
        built_by=run.name,
        built_at=now,
    )
    with run.ledger.transaction() as connection:
        run.ledger.manifests.build(connection, record)
        for unit in units:
            run.ledger.objects.plan(connection, run.target, manifest_id, unit, members[unit])

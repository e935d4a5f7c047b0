"""Looking at files before they are registered: what is proven is supplied, what is broken is set aside."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from itertools import islice

from encord_provider.buckets.bucket import Bucket
from encord_provider.errors import MissingExtra, NotFound
from encord_provider.ingestion.run import Run, Source
from encord_provider.ledger.probes import Probed
from encord_provider.manifest.candidates import Candidate
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.media_metadata import DicomMetadata
from encord_provider.manifest.objects import BucketObject
from encord_provider.manifest.units import File, unit_of
from encord_provider.media.budget import Budget
from encord_provider.media.grades import Grade, Probe
from encord_provider.media.modes import Mode, modes_of
from encord_provider.media.probe import probe, require_libraries
from encord_provider.media.series import Slice, series_of, strays_of

RECORDED_AT_ONCE = 200
"""Verdicts that are written to the ledger together; what is lost when a task dies is looked at again."""

FILES_IN_FLIGHT = 64
"""Files that are looked at together at most."""

BYTES_IN_FLIGHT = 256 * 1024 * 1024
"""Bytes that may be held in memory while files are looked at: as many files at once as have room for their budget."""

log = logging.getLogger(__name__)


Refused = list[tuple[Candidate, str]]


@dataclass(frozen=True)
class Probing:
    """Which kinds of files are looked at, and at what cost."""

    modes: Mapping[Kind, Mode] = field(default_factory=dict)
    """Kinds that are not named are not looked at."""

    budget: Budget = field(default_factory=Budget)
    bytes_in_flight: int = BYTES_IN_FLIGHT

    def mode(self, kind: Kind) -> Mode:
        """Return what is done about *kind*."""
        return self.modes.get(kind, Mode.OFF)

    @property
    def files_in_flight(self) -> int:
        """How many files are looked at together."""
        return max(1, min(FILES_IN_FLIGHT, self.bytes_in_flight // self.budget.bytes))


def probing_of(wanted: str | Mapping[str, str] | None) -> Probing:
    """Read the switch, as `modes_of` does; None is ``safe`` where the extra ``media`` is installed, and else ``off``.

    Raises:
        MissingExtra: A mode other than ``off`` is asked for, and the extra ``media`` is not installed.
        ValueError: There is no such kind or mode.

    """
    try:
        require_libraries()
    except MissingExtra:
        if wanted is None:
            log.info("media metadata is left to Encord: the extra 'media' is not installed")
            return Probing()
        if any(mode is not Mode.OFF for mode in modes_of(wanted).values()):
            raise
    return Probing(modes_of(wanted or Mode.SAFE))


@dataclass(frozen=True)
class _Pinned:
    """A bucket of which one version of an object is read, and nothing of a later one."""

    bucket: Bucket
    version: str

    def read_range(self, key: str, start: int, length: int) -> bytes:
        return self.bucket.read_range(key, start, length, self.version)


_GONE = Probe(Grade.UNCLEAR, reasons=("it is gone since it was listed",))
_OVERWRITTEN = Probe(Grade.UNCLEAR, reasons=("it was overwritten since it was listed",))


@dataclass
class Prober:
    """Looks at the files of candidates, each version of an object once."""

    run: Run
    source: Source
    probing: Probing

    def look(self, page: Sequence[Candidate]) -> tuple[list[Candidate], Refused]:
        """Return the candidates with what is proven of their files, and what is refused, each with the reason."""
        found = self._probes([one for candidate in page for one in self._wanted(candidate)])
        passed: list[Candidate] = []
        refused: Refused = []
        for candidate in page:
            if not list(self._wanted(candidate)):
                passed.append(candidate)
                continue
            kept, outside = self._judged(candidate, found)
            passed += [kept] if kept else []
            refused += outside
        return passed, refused

    def _wanted(self, candidate: Candidate) -> Iterator[Probed]:
        """Yield the files to look at; a candidate with an empty one is refused anyway."""
        if candidate.unit is None or self.probing.mode(candidate.unit.kind) is Mode.OFF:
            return
        if all(obj.size for obj in candidate.members):
            for obj in candidate.members:
                yield Probed(candidate.unit.kind, obj)

    def _judged(
        self, candidate: Candidate, found: Mapping[Probed, Probe]
    ) -> tuple[Candidate | None, Refused]:
        """Return what is left of a candidate, and what of it is refused."""
        if candidate.unit is None:
            return candidate, []
        kind = candidate.unit.kind
        probes = {obj: found[Probed(kind, obj)] for obj in candidate.members}
        refused: Refused = []
        if kind is Kind.DICOM_SERIES:
            candidate, refused = _without_spoilers(candidate, probes)
            if not candidate.members:
                return None, refused
            probes = {obj: probes[obj] for obj in candidate.members}
        reason = _reason_against(kind, probes, self.probing.mode(kind))
        if reason:
            return None, [*refused, (candidate, reason)]
        return _described(candidate, probes), refused

    def _probes(self, wanted: Sequence[Probed]) -> dict[Probed, Probe]:
        """Return the verdict on each file: from the ledger, or by looking."""
        budget = self.probing.budget
        known = self.run.ledger.probes.known(wanted, budget) if wanted else {}
        unrecorded: dict[Probed, Probe] = {}
        for one, found in self._looks([one for one in dict.fromkeys(wanted) if one not in known]):
            known[one] = found
            if found not in (_GONE, _OVERWRITTEN):  # that is nothing about the version that was listed
                unrecorded[one] = found
            if len(unrecorded) >= RECORDED_AT_ONCE:
                self.run.ledger.probes.record(unrecorded, budget, time.time())
                unrecorded = {}
        self.run.ledger.probes.record(unrecorded, budget, time.time())
        return known

    def _looks(self, wanted: Sequence[Probed]) -> Iterator[tuple[Probed, Probe]]:
        """Look at files, a bounded number of them together; yield each verdict when it is there."""
        if not wanted:
            return
        remaining = iter(wanted)
        width = self.probing.files_in_flight
        with ThreadPoolExecutor(width, thread_name_prefix="probe") as threads:
            flying: dict[Future[Probe], Probed] = {
                threads.submit(self._look, one): one for one in islice(remaining, width)
            }
            try:
                while flying:
                    for done in wait(flying, return_when=FIRST_COMPLETED).done:
                        one = flying.pop(done)
                        yield one, done.result()
                        flying |= {threads.submit(self._look, next_): next_ for next_ in islice(remaining, 1)}
            finally:
                threads.shutdown(cancel_futures=True)

    def _look(self, one: Probed) -> Probe:
        """Look at one file, in the version that was listed."""
        pinned = _Pinned(self.source.bucket, one.obj.version)
        try:
            return probe(pinned, one.obj.key, one.obj.size, one.kind, self.probing.budget)
        except NotFound as error:
            return _OVERWRITTEN if error.what == "version" else _GONE


def _reason_against(kind: Kind, probes: Mapping[BucketObject, Probe], mode: Mode) -> str | None:
    """Return why the unit of these files is not registered, or None."""
    if kind is Kind.IMAGE_SEQUENCE and mode is Mode.REQUIRE:
        return "its metadata is required, and Encord makes no image sequence of files that it may not read"
    for obj, found in probes.items():
        name = "" if len(probes) == 1 else f"{obj.key}: "
        if found.grade is Grade.BROKEN:
            return name + "; ".join(found.reasons)
        if found.grade is Grade.UNCLEAR and mode is Mode.REQUIRE:
            return f"{name}its metadata is required, and not proven: {'; '.join(found.reasons)}"
    return None


def _described(candidate: Candidate, probes: Mapping[BucketObject, Probe]) -> Candidate:
    """Return a candidate with what is proven of its files."""
    supplied = [probes[obj].supplied for obj in candidate.members]
    if candidate.unit is None or not any(supplied):
        return candidate
    known = candidate.unit.files or (File(),) * len(supplied)
    files = tuple(replace(file, media=media) for file, media in zip(known, supplied, strict=True))
    return replace(candidate, unit=replace(candidate.unit, files=files))


def _without_spoilers(
    candidate: Candidate, probes: Mapping[BucketObject, Probe]
) -> tuple[Candidate, Refused]:
    """Return a DICOM series in the order of its slices, without the files that would have it refused, and those."""
    unit = candidate.unit
    if unit is None:
        return candidate, []
    by_name = {obj.key: obj for obj in candidate.members}
    slices = [Slice(obj.key, m.tags) for obj in by_name.values() if (m := _tags(probes[obj]))]
    reasons = {obj.key: "; ".join(p.reasons) for obj, p in probes.items() if p.grade is Grade.BROKEN}
    reasons |= strays_of(slices)
    kept = [one for one in slices if one.name not in reasons]
    order = [one.name for series in series_of(kept) for one in series.slices]
    order += [key for key in by_name if key not in reasons and key not in set(order)]
    _report(unit.title, kept)
    members = tuple(by_name[key] for key in order)
    refused = [
        (Candidate((by_name[key],), unit, candidate.shared), reason) for key, reason in reasons.items()
    ]
    changed = unit if members == candidate.members else unit_of(unit.kind, unit.title, members)
    return Candidate(
        members, replace(changed, client_metadata=unit.client_metadata), candidate.shared
    ), refused


def _tags(found: Probe) -> DicomMetadata | None:
    return found.media if isinstance(found.media, DicomMetadata) else None


def _report(title: str, slices: Sequence[Slice]) -> None:
    """Log what is odd about a series; Encord judges it."""
    for series in series_of(slices):
        missing = f"{series.missing} slices seem to be missing" if series.missing else ""
        for oddity in series.refusals or ((missing,) if missing else ()):
            log.warning("%s, series %s of %d files: %s", title, series.uid, len(series.slices), oddity)

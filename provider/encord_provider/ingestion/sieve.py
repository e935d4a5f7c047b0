"""Which candidates go into a manifest, which are set aside with their faults, and which groups must wait."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from encord_provider.errors import BadManifest
from encord_provider.ingestion.candidates import Candidates
from encord_provider.ingestion.discover import Discovery
from encord_provider.ingestion.probe import Prober
from encord_provider.ingestion.rules import Rules
from encord_provider.ingestion.run import Run, Source
from encord_provider.ingestion.series import strays
from encord_provider.ingestion.spool import Spool
from encord_provider.ledger.fates import Fate
from encord_provider.ledger.runs import Held
from encord_provider.manifest.candidates import Candidate
from encord_provider.manifest.completeness import numbering
from encord_provider.manifest.faults import faults_of
from encord_provider.manifest.kinds import IMAGE_GROUPS
from encord_provider.manifest.units import unit_of
from encord_provider.media.modes import Mode

UNSUPPORTED = "Encord has no kind for a file of this name; exclude it, or rename it"

IN_FLIGHT = frozenset({Fate.PLANNED, Fate.SUBMITTED})
"""Fates of a group that may still be registered or refused; until then nobody knows what a new member means."""

LOGGED = 100
"""Groups that are logged one by one, of those that wait and of those with odd numbers."""

log = logging.getLogger(__name__)


@dataclass
class Sieve:
    """Goes through the new objects of a run once, and writes down what becomes of those that go no further."""

    run: Run
    source: Source
    rules: Rules
    discovery: Discovery
    held_objects: int = 0
    _held_groups: int = 0
    _odd: int = 0
    _faults: list[str] = field(default_factory=list)

    def sift(self, spool: Spool) -> None:
        """Put every unit that can be registered into *spool*.

        Raises:
            BadManifest: The rules are strict, and there are faults; none of them is written down.

        """
        for page in Candidates(self.run, self.source, self.rules.grouping):
            for candidate in self._faultless(self._looked_at(self._whole(page))):
                spool.add(candidate)
        if self._faults:
            for fault in self._faults:
                log.error("%s", fault)
            raise BadManifest(f"of {self.run.ingestion.source}", self._faults)
        spool.finish()

    def _whole(self, page: list[Candidate]) -> list[Candidate]:
        """Return what is there in full; late members are refused, and other groups left for a later run."""
        bucket_url = self.source.bucket.url_of("")
        places = {(c.unit.kind.value, c.shared) for c in page if c.unit and c.shared is not None}
        of_fate = partial(self.run.ledger.objects.with_fates, self.run.target, places, bucket_url)
        on_its_way, registered = of_fate(IN_FLIGHT), of_fate({Fate.REGISTERED})
        whole, late, held = [], [], []
        for candidate in page:
            if candidate.unit is None or candidate.shared is None:
                whole.append(candidate)
            elif (candidate.unit.kind, candidate.shared) in on_its_way:
                held.append((candidate, "it is in a manifest whose end is not known"))
            elif (candidate.unit.kind, candidate.shared) in registered and self._is_replaced(candidate):
                held.append((candidate, "an earlier version of a member was registered during this listing"))
            elif (candidate.unit.kind, candidate.shared) in registered:
                late.append((candidate, f"it came late: {candidate.shared} was submitted without it"))
            elif reason := self._lacking(candidate, candidate.shared):
                held.append((candidate, reason))
            else:
                whole.append(candidate)
        self._refuse(late)
        self._hold(held)
        return whole

    def _is_replaced(self, candidate: Candidate) -> bool:
        """Tell whether a member is a new version of one that is registered: the next listing knows it as such."""
        urls = [obj.url for obj in candidate.members]
        return bool(self.run.ledger.objects.registered(self.run.target, urls))

    def _lacking(self, candidate: Candidate, shared: str) -> str | None:
        """Return what a group still lacks, or None."""
        if shared in self.discovery.unfinished_units:
            return f"a member was written less than {self.run.ingestion.settle_seconds:g} seconds before"
        return self.rules.complete.lacking(shared, candidate.members, time.time())

    def _hold(self, held: list[tuple[Candidate, str]]) -> None:
        """Leave groups to a later run."""
        if not held:
            return
        objects = [obj for candidate, _ in held for obj in candidate.members]
        self.run.ledger.objects.forget(self.run.key, objects)
        self.held_objects += len(objects)
        groups = [
            Held(candidate.unit.kind, candidate.shared or "", len(candidate.members), reason)
            for candidate, reason in held
            if candidate.unit
        ]
        self.run.ledger.runs.hold(self.run.key, groups)
        for candidate, reason in held:
            _log_some(self._held_groups, "waits", candidate, reason)
            self._held_groups += 1

    def _faultless(self, page: list[Candidate]) -> Iterator[Candidate]:
        """Yield the candidates that can be registered; the others are refused, each with all its faults."""
        refused = []
        kept = []
        for found in page:
            candidate, outside = self._without_strays(found)
            kept.append(candidate)
            refused += outside
        for candidate, problems in self.rules.description.of(kept):
            problems[:0] = self._problems(candidate)
            if problems:
                refused.append((candidate, "; ".join(problems)))
            else:
                self._report_numbers(candidate)
                yield candidate
        self._refuse(refused)

    def _looked_at(self, page: list[Candidate]) -> list[Candidate]:
        """Return the candidates with what is proven of their files; what is broken is refused."""
        passed, refused = Prober(self.run, self.source, self.rules.probing).look(page)
        self._refuse(refused)
        return passed

    def _without_strays(self, candidate: Candidate) -> tuple[Candidate, list[tuple[Candidate, str]]]:
        """Return a DICOM series without the files of another study, and those, each with the reason."""
        unit = candidate.unit
        looked_at = unit and self.rules.probing.mode(unit.kind) is not Mode.OFF
        found = strays(self.source.bucket, unit, candidate.members) if unit and not looked_at else []
        if unit is None or not found:
            return candidate, []
        outside = {obj.url for obj, _ in found}
        kept = tuple(obj for obj in candidate.members if obj.url not in outside)
        refused = [(Candidate((obj,), unit, candidate.shared), reason) for obj, reason in found]
        return Candidate(kept, unit_of(unit.kind, unit.title, kept), candidate.shared), refused

    def _problems(self, candidate: Candidate) -> Iterator[str]:
        """Yield why a candidate cannot be registered."""
        if candidate.unit is None:
            yield UNSUPPORTED
            return
        for obj in candidate.members:
            if obj.size == 0:
                alone = len(candidate.members) == 1
                yield "the object is empty" if alone else f"{obj.key}, of the same unit, is empty"
        for fault in faults_of(candidate.unit, self.rules.limits):
            yield f"{fault.problem}; {fault.remedy}"

    def _refuse(self, refused: list[tuple[Candidate, str]]) -> None:
        if self.rules.strict:
            self._faults += [
                f"{candidate.shared or candidate.members[0].key}: {reason}" for candidate, reason in refused
            ]
        elif refused:
            self.run.ledger.objects.refuse(self.run.target, refused)

    def _report_numbers(self, candidate: Candidate) -> None:
        """Say which frames of a group are missing or there twice; it is registered as it is."""
        if candidate.unit is None or candidate.unit.kind not in IMAGE_GROUPS:
            return
        numbers = numbering([obj.key for obj in candidate.members])
        if numbers.gaps or numbers.duplicates:
            _log_some(self._odd, "registered as it is", candidate, str(numbers))
            self._odd += 1


def _log_some(earlier: int, what: str, candidate: Candidate, reason: str) -> None:
    """Log what is remarkable about a group, unless enough others have been logged."""
    if earlier < LOGGED and candidate.unit:
        log.warning("%s: %s %s: %.300s", what, candidate.unit.kind, candidate.shared, reason)
    elif earlier == LOGGED:
        log.warning("%s: more groups, which are not logged", what)

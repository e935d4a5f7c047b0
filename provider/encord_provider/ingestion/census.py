"""A listing under way: what it has counted so far, and where it stands."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from encord_provider.buckets.checkpoint import Checkpoint
from encord_provider.ingestion.pages import Page
from encord_provider.ingestion.run import Run
from encord_provider.ledger.diff import Diff
from encord_provider.ledger.marks import Marks
from encord_provider.manifest.grouping import Grouping
from encord_provider.manifest.kinds import GROUPED
from encord_provider.manifest.objects import BucketObject

CHECKPOINT_SECONDS = 3600
"""How old the beginning of a listing may be for a later try to go on with it: what it saw first may be gone by then."""


@dataclass
class Census:
    """One listing of a run, which a later try of the run can go on with."""

    run: Run
    grouping: Grouping
    diff: Diff
    stands: Checkpoint | None = None
    """Where the listing of the try that died stood; None where there is nothing to go on with."""

    discovered: int = 0
    excluded: int = 0
    pending: int = 0
    unfinished_units: set[str] = field(default_factory=set)
    """Titles of units with a member that has not settled yet."""

    @classmethod
    def begin(cls, run: Run, grouping: Grouping, now: float) -> Self:
        """Begin the listing of *run*, or go on where a try of the same run stood that died."""
        stored = run.ledger.runs.checkpoint(run.key)
        resumed = stored is not None and _may_go_on(json.loads(stored), run, now)
        if not resumed:
            run.ledger.runs.start(run.key)
        run.ledger.objects.forget_new(run.target)
        census = cls(run, grouping, run.ledger.objects.diff(run.key, now, run.ingestion.changed))
        if stored and resumed:
            census._restore(json.loads(stored))
        return census

    def add(self, pages: Iterable[Page], stands: Checkpoint | None) -> None:
        """Compare pages with the ledger and count them, and write down where the listing stands, all or nothing."""
        with self.run.ledger.transaction() as connection:
            for page in pages:
                self.discovered += len(page.settled) + len(page.unsettled) + page.excluded
                self.excluded += page.excluded
                self.pending += len(page.unsettled)
                self.unfinished_units |= _titles_of_groups(page.unsettled, self.grouping)
                self.diff.meet(connection, page.unsettled)
                self.discovered -= self.diff.observe(connection, page.settled)
            if stands is not None:
                state = json.dumps(self._as_json(stands))
                self.run.ledger.runs.set_checkpoint(connection, self.run.key, state)

    def _as_json(self, stands: Checkpoint) -> dict[str, object]:
        return {
            "ingestion": self.run.ingestion.model_dump(mode="json"),
            "stands": stands.to_json(),
            "began": self.diff.now,
            "last_id": self.diff.last_id,
            "met": self.diff.met.to_json(),
            "already": self.diff.already,
            "changed": self.diff.changed,
            "discovered": self.discovered,
            "excluded": self.excluded,
            "pending": self.pending,
            "unfinished_units": sorted(self.unfinished_units),
        }

    def _restore(self, stored: dict[str, Any]) -> None:
        self.stands = Checkpoint.from_json(stored["stands"])
        self.diff.now = stored["began"]
        self.diff.last_id = stored["last_id"]
        self.diff.met = Marks.from_json(stored["met"])
        self.diff.already, self.diff.changed = stored["already"], stored["changed"]
        self.discovered, self.excluded = stored["discovered"], stored["excluded"]
        self.pending, self.unfinished_units = stored["pending"], set(stored["unfinished_units"])


def _may_go_on(stored: dict[str, Any], run: Run, now: float) -> bool:
    same = stored["ingestion"] == run.ingestion.model_dump(mode="json")
    return bool(same and now - stored["began"] < CHECKPOINT_SECONDS)


def _titles_of_groups(objects: list[BucketObject], grouping: Grouping) -> set[str]:
    places = (grouping.place(obj.key) for obj in objects)
    return {place[1] for place in places if place and place[0] in GROUPED}

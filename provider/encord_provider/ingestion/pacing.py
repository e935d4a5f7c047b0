"""How many upload jobs are started at a time, and how large they are made: by what Encord took so far.

The state is in the ledger, not in a process: tasks are processes of their own, on several machines, and each starts
one job.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from encord_provider.encord_api.api import EncordApi
from encord_provider.errors import EncordUnavailable, NoRoom
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.manifests import ManifestRecord
from encord_provider.ledger.pacing import Bounds, Place
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.limits import Advice
from encord_provider.uploads.verdict import Verdict, judge

ROOM_SECONDS = 3600.0
"""How long a submission waits for room before it leaves the wait to Airflow's retries."""

WAIT_SECONDS = 2.0
"""How often a submission that waits looks whether there is room."""

SLOW_SECONDS = 60.0
"""A start that took longer than this counts as a refusal: Encord has more to do than it can."""

JOB_SECONDS = 1800.0
"""How long the build would have a job take: a sixth of the three hours that Encord's advice leaves it."""

LEARNED_JOBS = 3
"""From so many jobs on, what was learned of a kind takes the place of Encord's advice."""

RANGE = 4
"""How many times smaller or larger than Encord's advice a job may be made by what was learned."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pace:
    """The start of one manifest's job, when there is room for it."""

    ledger: Ledger
    api: EncordApi
    record: ManifestRecord
    bounds: Bounds

    @property
    def place(self) -> Place:
        """Where room is wanted."""
        return place_of(self.record)

    def start(self, send: Callable[[], str]) -> str:
        """Return what *send* returns, called when there is room, and again after Encord said that there is none.

        Raises:
            NoRoom: None of the jobs under way has ended for long.
            EncordUnavailable: The job may have been started.

        """
        give_up_at = time.time() + ROOM_SECONDS
        while True:
            self._wait_for_room(give_up_at)
            began = time.time()
            try:
                job = send()
            except EncordUnavailable as error:
                if not error.cut_off:
                    self._refused(began, error)
                if not error.without_effect:
                    raise
                log.info("%s; waiting for room", error)
                continue
            if time.time() - began > SLOW_SECONDS:
                self.ledger.pacing.slow(self.place, began, time.time())
            return job

    def _wait_for_room(self, give_up_at: float) -> None:
        pacing, record = self.ledger.pacing, self.record
        while not pacing.enter(self.place, record.id, record.units, self.bounds, time.time()):
            if time.time() >= give_up_at:
                raise NoRoom(self.place.name, ROOM_SECONDS)
            self._notice_ends()
            time.sleep(WAIT_SECONDS)

    def _notice_ends(self) -> None:
        """Ask Encord which jobs have ended: nobody else may be waiting for them, and they take up room."""
        for job in self.ledger.pacing.look(self.place, time.time()):
            try:
                progress = self.api.upload_progress(job.folder_uuid, job.job_uuid)
            except EncordUnavailable as error:
                log.info("%s; it counts as under way", error)
                return
            if judge(progress) is not Verdict.WAIT:
                note_ends(self.ledger, {job.job_uuid: time.time()})

    def _refused(self, began: float, error: EncordUnavailable) -> None:
        self.ledger.pacing.refused(self.place, self.record.id, began, time.time(), error.retry_after or 0)


def place_of(record: ManifestRecord) -> Place:
    """Return the integration that a manifest's job reads the bucket through."""
    return Place(record.target.rpartition("#")[0], record.integration)


def note_ends(ledger: Ledger, seen: Mapping[str, float]) -> None:
    """Record when jobs were first seen to have ended, and learn from it how long a unit of each kind takes.

    Args:
        ledger: Where they are known.
        seen: Job UUID to seconds since 1970.

    """
    news = sorted(ledger.manifests.ended(seen), key=lambda record: place_of(record).name)
    for place, of_place in groupby(news, key=place_of):
        ledger.pacing.learn(place, [str(record.job_uuid) for record in of_place], time.time())


def learned(advice: Advice, speeds: Mapping[str, tuple[float, int]]) -> Advice:
    """Return *advice*, with jobs of those kinds that enough jobs were seen of as large as they end in `JOB_SECONDS`.

    Args:
        advice: What Encord advises.
        speeds: Kind to the seconds that a unit takes, and the number of jobs that were seen.

    """
    units = dict(advice.units)
    for kind in Kind:
        seconds, jobs = speeds.get(kind.value, (0.0, 0))
        if jobs >= LEARNED_JOBS and seconds > 0:
            advised = round(1 / advice.share(kind))
            units[kind] = max(1, advised // RANGE, min(advised * RANGE, int(JOB_SECONDS / seconds)))
    return replace(advice, units=units)

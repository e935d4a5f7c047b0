"""The thread that works through upload jobs."""

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile

from sqlalchemy import Connection, RowMapping

from encord_provider.sandbox import integrations, items, jobs
from encord_provider.sandbox.bells import Bells
from encord_provider.sandbox.clock import Clock
from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.database import Database
from encord_provider.sandbox.poison import Poison
from encord_provider.sandbox.registration.draft import Draft, Refusal
from encord_provider.sandbox.registration.examination import Examiner
from encord_provider.sandbox.registration.settlement import Examined, Settlement
from encord_provider.sandbox.registration.synchroniser import Synchroniser
from encord_provider.sandbox.units import Unit

logger = logging.getLogger(__name__)

_READERS = 2
"""Threads that read objects."""

_TRUSTED_BATCH = 2000
"""Units settled in one transaction where nothing is read."""

_READING_BATCH = 16
"""Units settled in one transaction where each is read: small, so that jobs take turns and progress shows."""

_PACE_PARTS = 10
"""Batches in which a second's worth of units is settled when a pace is set."""


class Registrar:
    """Takes the pending units of all unfinished jobs, in turn, and settles them batch by batch.

    What it has in hand is nowhere but in memory until it is settled, and the world is the only record of what is
    pending; so it may be killed at any moment and started again.
    """

    def __init__(self, database: Database, clock: Clock, bells: Bells, examiner: Examiner) -> None:
        self._database = database
        self._clock = clock
        self._bells = bells
        self._examiner = examiner
        self._synchroniser = Synchroniser(database, clock, bells)
        self._news = threading.Condition()
        self._heard = False
        self._stopping = False
        self._held = False
        self._poison: Poison | None = None
        self._units_per_second: float | None = None
        self.most_jobs: int | None = None
        """How many unfinished jobs are taken; None is any number."""

        self._next_due = 0.0
        self._pool = ThreadPoolExecutor(_READERS, thread_name_prefix="sandbox-reader")
        self._thread = threading.Thread(target=self._work, name="sandbox-registrar", daemon=True)
        clock.on_turn(self.notify)

    def start(self) -> None:
        """Begin with what an earlier process left unfinished."""
        self._thread.start()

    @property
    def is_working(self) -> bool:
        """Whether its thread lives; a fault that ends it is in the log."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """End after the batch in hand."""
        self._stopping = True
        self.notify()
        if self._thread.is_alive():
            self._thread.join()
        self._pool.shutdown()

    def notify(self) -> None:
        """Tell that there may be work."""
        with self._news:
            self._heard = True
            self._news.notify()

    def hold(self, *, held: bool) -> None:
        """Make all jobs stand still, or go on."""
        self._held = held
        self.notify()

    def pace(self, units_per_second: float | None) -> None:
        """Slow all jobs together down to a pace; None is full speed."""
        self._units_per_second = units_per_second
        self._next_due = self._clock.timestamp()
        self.notify()

    def poison(self, poison: Poison | None) -> None:
        """Let jobs that hold certain units fail as a whole; None ends that."""
        self._poison = poison

    def _work(self) -> None:
        while not self._stopping:
            if not self._round():
                self._wait()

    def _wait(self) -> None:
        pause = None
        if self._units_per_second is not None and not self._held:
            pause = max(0.001, self._next_due - self._clock.timestamp())
        with self._news:
            if not self._heard:
                self._news.wait(pause)
            self._heard = False

    def _round(self) -> bool:
        """Scan for one synchronisation, and settle one batch of each unfinished job; return whether there was any."""
        worked = not self._held and self._synchroniser.scan_next()
        with self._database.reading() as connection:
            unfinished = jobs.unfinished(connection)
        for job in unfinished:
            if self._stopping or self._held or not self._due():
                return False
            worked = self._advance(job) or worked
        return worked

    def _due(self) -> bool:
        return self._units_per_second is None or self._clock.timestamp() >= self._next_due

    def _advance(self, job: RowMapping) -> bool:
        with self._database.reading() as connection:
            rows = self._next_batch(connection, job["uuid"])
            units = [Unit.of_row(row) for row in rows]
            integration = integrations.get(connection, job["integration_uuid"])
            known = self._duplicates(connection, job, units)
        if not rows:
            return False
        place = self._poisoned(job, units)
        if place == 0:
            self._fail(job)
            return True
        rows, units = rows[:place], units[:place]
        judge = self._pool.map if any(row["reads"] for row in rows) else map
        verdicts = judge(lambda unit: self._verdict(unit, integration, known), units)
        examined = [
            Examined(row["uuid"], unit, verdict)
            for row, unit, verdict in zip(rows, units, verdicts, strict=True)
        ]
        location = integration.storage_location if integration else "encord"
        with self._database.writing() as connection:
            over = Settlement(connection, job, location, self._clock.stamp()).settle(examined)
        if self._units_per_second is not None:
            self._next_due = max(self._next_due, self._clock.timestamp()) + len(rows) / self._units_per_second
        if over:
            self._bells.ring(job["uuid"])
        return True

    def _poisoned(self, job: RowMapping, units: Sequence[Unit]) -> int | None:
        """Return the place in a batch before which its job fails as a whole, None when it does not."""
        if self._poison is None or self._poison.lands:
            return self._poison.first_in(units) if self._poison else None
        with self._database.reading() as connection:
            all_left = [
                Unit.of_row(row) for row in jobs.pending_units(connection, job["uuid"], job["pending"])
            ]
        return None if self._poison.first_in(all_left) is None else 0

    def _fail(self, job: RowMapping) -> None:
        message = self._poison.message if self._poison else ""
        with self._database.writing() as connection:
            jobs.fail(connection, job["uuid"], message, self._clock.stamp())
        self._bells.ring(job["uuid"])

    def _next_batch(self, connection: Connection, job_uuid: str) -> list[RowMapping]:
        """Return the head of a job's pending units that is of one sort: to be read, or to be taken on trust."""
        if self._units_per_second is not None:
            return jobs.pending_units(connection, job_uuid, max(1, int(self._units_per_second / _PACE_PARTS)))
        head = jobs.pending_units(connection, job_uuid, _READING_BATCH)
        if head and head[0]["reads"]:
            return list(takewhile(lambda row: row["reads"], head))
        return list(
            takewhile(lambda row: not row["reads"], jobs.pending_units(connection, job_uuid, _TRUSTED_BATCH))
        )

    @staticmethod
    def _duplicates(connection: Connection, job: RowMapping, units: Sequence[Unit]) -> set[str]:
        """Return the identities that need not be examined, for the folder has them; settling decides again."""
        if not job["skip_duplicate_urls"]:
            return set()
        return set(items.identities(connection, job["folder_uuid"], [unit.identity for unit in units]))

    def _verdict(
        self, unit: Unit, integration: Integration | None, known: set[str]
    ) -> Draft | Refusal | None:
        if unit.identity in known:
            return None
        try:
            return self._examiner.examine(unit, integration)
        except Exception:  # a server's last line: one object must not stop all jobs
            logger.exception("examining %s failed", unit.urls[:1])
            return Refusal("An internal error occurred while the file was processed.")

"""Waiting for upload jobs to come to their end."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from encord_provider.errors import EncordUnavailable
from encord_provider.hooks.encord import EncordHook
from encord_provider.uploads.pace import pauses
from encord_provider.uploads.progress import JobStatus, Progress
from encord_provider.uploads.verdict import Verdict, judge

if TYPE_CHECKING:
    from encord_provider.encord_api.polling import Poller

log = logging.getLogger(__name__)

JOBS_AT_ONCE = 16
"""Upload jobs asked for at the same time by one trigger."""


class UploadFinishedTrigger(BaseTrigger):
    """Fires when every upload job of a run has come to its end, or at the deadline.

    *jobs* are pairs of folder UUID and job UUID. The event carries only how many are still open: what the jobs
    did is read again by the task that resumes.
    """

    def __init__(
        self, encord_conn_id: str, jobs: list[list[str]], deadline: float, poll_seconds: float
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Airflow does not type it
        self.encord_conn_id = encord_conn_id
        self.jobs = jobs
        self.deadline = deadline
        """Seconds since 1970: it must hold in whichever process goes on with the wait."""

        self.poll_seconds = poll_seconds
        """The longest pause between two polls of one job."""

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Name every argument of ``__init__``: the triggerer rebuilds the trigger from this alone."""
        names = ("encord_conn_id", "jobs", "deadline", "poll_seconds")
        return f"{__name__}.{type(self).__name__}", {name: getattr(self, name) for name in names}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Poll all jobs over one connection, and fire once."""
        async with await self._poller() as poller:
            waiting = [(folder, job) for folder, job in self.jobs]
            for pause in pauses(self.poll_seconds):
                left = self.deadline - time.time()
                if left <= 0:
                    break
                await asyncio.sleep(min(pause, left))
                waiting = await _still_running(poller, waiting)
                if not waiting:
                    break
        yield TriggerEvent({"open": len(waiting)})

    async def on_kill(self) -> None:
        """Cancel the jobs when a person stops the task; not when the triggerer restarts (Airflow 3.3 and later)."""
        async with await self._poller() as poller:
            for folder, job in self.jobs:
                await poller.cancel(folder, job)

    async def _poller(self) -> "Poller":
        from encord_provider.encord_api.polling import Poller

        return Poller(await EncordHook(self.encord_conn_id).acredentials())


async def _still_running(poller: "Poller", jobs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the jobs that have not come to their end; one that could not be asked for counts as running."""
    slots = asyncio.Semaphore(JOBS_AT_ONCE)

    async def runs(folder: str, job: str) -> bool:
        async with slots:
            try:
                status = await poller.status(folder, job)
            except EncordUnavailable as error:
                log.warning("%s; asking again", error)
                status = JobStatus.PENDING
        return judge(Progress(status)) is Verdict.WAIT

    running = await asyncio.gather(*(runs(folder, job) for folder, job in jobs))
    return [job for job, still in zip(jobs, running, strict=True) if still]

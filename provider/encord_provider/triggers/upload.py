"""Waiting for upload jobs to come to their end."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from encord_provider.errors import EncordProviderError, EncordUnavailable, Refused
from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.killed import must_notice_by_itself, still_waits, undisturbed
from encord_provider.hooks.uploads import note_ends
from encord_provider.uploads.watch import End, Job, Watch, Watched

if TYPE_CHECKING:
    from encord_provider.encord_api.polling import Poller

JOBS_AT_ONCE = 16
"""Upload jobs asked for at the same time by one trigger."""

NOTED_SECONDS = 120.0
"""How often the ends that were seen are written to the ledger; whoever waits for room asks for himself."""


class UploadFinishedTrigger(BaseTrigger):
    """Fires when every upload job of a run has come to its end, or when it is no use to wait any longer.

    *jobs* are pairs of folder UUID and job UUID. The event carries only how many are still open, why the wait is over
    (`End`), and the deadline: what the jobs did is read again by the task that resumes.
    """

    def __init__(
        self,
        encord_conn_id: str,
        jobs: list[list[str]],
        deadline: float,
        poll_seconds: float,
        stall_seconds: float | None = None,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Airflow does not type it
        self.encord_conn_id = encord_conn_id
        self.jobs = jobs
        self.deadline = deadline
        """Seconds since 1970: it must hold in whichever process goes on with the wait."""

        self.poll_seconds = poll_seconds
        """The longest pause between two polls of a job whose end may be near."""

        self.stall_seconds = stall_seconds
        """How long all jobs together may stand still; counted anew by whichever process goes on with the wait."""

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Name every argument of ``__init__``: the triggerer rebuilds the trigger from this alone."""
        names = ("encord_conn_id", "jobs", "deadline", "poll_seconds", "stall_seconds")
        return f"{__name__}.{type(self).__name__}", {name: getattr(self, name) for name in names}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Poll all jobs, each at its own pace, and fire once."""
        jobs = [Job(*job) for job in self.jobs]
        watch = Watch(jobs, self.poll_seconds, self.deadline, time.time(), self.stall_seconds)
        try:
            async with self._poller() as poller:
                end = await self._waited(poller, watch)
        except asyncio.CancelledError:
            if must_notice_by_itself(self):
                await self.on_kill()
            raise
        yield TriggerEvent({"open": watch.open, "because": end.value, "deadline": self.deadline})

    async def on_kill(self) -> None:
        """Cancel the jobs when a person stops the task; not when the triggerer restarts or loses it to another."""
        await undisturbed(self._cancel_jobs())

    async def _cancel_jobs(self) -> None:
        if await still_waits(self):
            self.log.info("the task still waits: another triggerer goes on with its jobs")
            return
        self.log.info("cancelling %d upload jobs", len(self.jobs))
        slots = asyncio.Semaphore(JOBS_AT_ONCE)

        async def cancel(poller: "Poller", job: Job) -> None:
            async with slots:
                try:
                    await poller.cancel(job.folder, job.uuid)
                except (EncordUnavailable, Refused) as error:
                    self.log.warning("%s; it may go on", error)

        async with self._poller() as poller, asyncio.TaskGroup() as group:
            for job in self.jobs:
                group.create_task(cancel(poller, Job(*job)))

    async def _waited(self, poller: "Poller", watch: Watch) -> End:
        """Ask for each job when it is due, some at a time, until the wait is over."""
        news = asyncio.Event()
        asking: set[asyncio.Task[None]] = set()
        wanted = self.deadline

        def asked(task: asyncio.Task[None]) -> None:
            asking.discard(task)
            if watch.next_at() < wanted or watch.end(time.time()):
                news.set()

        async with asyncio.TaskGroup() as group:
            noting = group.create_task(self._keep_noting_ends(watch))
            while (end := watch.end(time.time())) is None:
                news.clear()
                if len(asking) < JOBS_AT_ONCE and (watched := watch.take(time.time())):
                    task = group.create_task(self._ask(poller, watch, watched))
                    asking.add(task)
                    task.add_done_callback(asked)
                    continue
                wanted = watch.next_at() if len(asking) < JOBS_AT_ONCE else self.deadline
                alarm = asyncio.get_running_loop().call_later(max(0, wanted - time.time()), news.set)
                await news.wait()
                alarm.cancel()
            for task in (noting, *asking):
                task.cancel()
        await self._note_ends(watch)
        return end

    async def _keep_noting_ends(self, watch: Watch) -> None:
        while True:
            await asyncio.sleep(NOTED_SECONDS)
            await self._note_ends(watch)

    async def _note_ends(self, watch: Watch) -> None:
        """Record in the ledger which jobs have ended: they take up no room any more, and tell how fast they were."""
        from asgiref.sync import sync_to_async

        seen = dict(watch.ended)
        if not seen:
            return
        try:
            await sync_to_async(note_ends, thread_sensitive=False)(seen)
        except EncordProviderError as error:
            self.log.warning("when jobs ended is not recorded: %s", error)
            return
        for job in seen:
            del watch.ended[job]

    async def _ask(self, poller: "Poller", watch: Watch, watched: Watched) -> None:
        """Ask for one job; one that could not be asked for counts as running."""
        try:
            progress = await poller.progress(*watched.job)
        except EncordUnavailable as error:
            if watch.unanswered(watched, time.time()):
                self.log.warning("%s; asking again until it is answered", error)
        except Refused as error:
            self.log.warning("%s; the task finds out why", error)
            watch.refused()
        else:
            watch.answered(watched, progress, time.time())

    @asynccontextmanager
    async def _poller(self) -> "AsyncIterator[Poller]":
        from encord_provider.encord_api.polling import shared_poller

        async with shared_poller(await EncordHook(self.encord_conn_id).acredentials()) as poller:
            yield poller

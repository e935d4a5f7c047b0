"""Waiting for a synchronisation of a cloud-synced folder to come to its end."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from encord_provider.errors import EncordUnavailable, Refused
from encord_provider.hooks.encord import EncordHook
from encord_provider.uploads.pace import pauses


class FolderSyncedTrigger(BaseTrigger):
    """Fires when a synchronisation has come to its end, at the deadline, or when Encord refuses to tell.

    The event carries whether it is over, and which one that was: what it did is read again by the task that resumes.
    """

    def __init__(
        self, encord_conn_id: str, folder: str, sync: str, deadline: float, poll_seconds: float
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Airflow does not type it
        self.encord_conn_id = encord_conn_id
        self.folder = folder
        """UUID of the folder."""

        self.sync = sync
        """UUID of the synchronisation."""

        self.deadline = deadline
        """Seconds since 1970: it must hold in whichever process goes on with the wait."""

        self.poll_seconds = poll_seconds
        """The longest pause between two polls."""

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Name every argument of ``__init__``: the triggerer rebuilds the trigger from this alone."""
        names = ("encord_conn_id", "folder", "sync", "deadline", "poll_seconds")
        return f"{__name__}.{type(self).__name__}", {name: getattr(self, name) for name in names}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Poll, and fire once."""
        from encord_provider.encord_api.polling import shared_poller

        is_over = False
        async with shared_poller(await EncordHook(self.encord_conn_id).acredentials()) as poller:
            for pause in pauses(self.poll_seconds):
                left = self.deadline - time.time()
                if is_over or left <= 0:
                    break
                await asyncio.sleep(min(pause, left))
                try:
                    is_over = await poller.sync_is_over(self.folder, self.sync)
                except EncordUnavailable as error:
                    self.log.warning("%s; asking again", error)
                except Refused as error:
                    self.log.warning("%s; the task finds out why", error)
                    break
        yield TriggerEvent({"over": is_over, "sync": self.sync, "folder": self.folder})

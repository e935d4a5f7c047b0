"""Waiting for new objects under a source."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from encord_provider.manifest.ingestion import Ingestion


class ObjectsArrivedTrigger(BaseTrigger):
    """Fires when a new, settled object is under the source, or at the deadline."""

    def __init__(self, ingestion: dict[str, Any], deadline: float, poll_seconds: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Airflow does not type it
        self.ingestion = ingestion
        self.deadline = deadline
        """Seconds since 1970: it must hold in whichever process goes on with the wait."""

        self.poll_seconds = poll_seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Name every argument of ``__init__``: the triggerer rebuilds the trigger from this alone."""
        names = ("ingestion", "deadline", "poll_seconds")
        return f"{__name__}.{type(self).__name__}", {name: getattr(self, name) for name in names}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look now and then, off the event loop, and fire once."""
        from asgiref.sync import sync_to_async

        from encord_provider.hooks.arrival import anything_new

        ingestion = Ingestion.model_validate(self.ingestion)
        while not (arrived := await sync_to_async(anything_new, thread_sensitive=False)(ingestion)):
            left = self.deadline - time.time()
            if left <= 0:
                break
            await asyncio.sleep(min(self.poll_seconds, left))
        yield TriggerEvent({"arrived": arrived})

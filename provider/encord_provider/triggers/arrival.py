"""Waiting for new objects under a source."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from encord_provider.errors import RetryLater
from encord_provider.hooks.lookout import Lookout
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
        """Look now and then, together with others who wait for the same source, and fire once."""
        ingestion = Ingestion.model_validate(self.ingestion)
        lookout = Lookout.here()
        while True:
            left = self.deadline - time.time()
            await asyncio.sleep(max(0, min(lookout.seconds_to_next(ingestion, self.poll_seconds), left)))
            last = time.time() >= self.deadline
            try:
                arrived = await lookout.look(ingestion)
            except RetryLater as error:
                if last:
                    raise
                self.log.warning("%s; looking again later", error)
                continue
            if arrived or last:
                break
        yield TriggerEvent({"arrived": arrived})

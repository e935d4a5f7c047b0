"""Waiting for upload jobs, and settling what they did."""

import contextlib
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, cast

from airflow.providers.common.compat.sdk import (
    AirflowSensorTimeout,
    BaseSensorOperator,
    Context,
    PokeReturnValue,
    XComArg,
)

from encord_provider.errors import UploadStalled
from encord_provider.hooks.operator import RETRIES, EncordOperator
from encord_provider.hooks.task_failure import task_failure
from encord_provider.hooks.uploads import settle_finished
from encord_provider.links.encord import EncordFolderLink
from encord_provider.uploads.watch import End

if TYPE_CHECKING:
    from encord_provider.ingestion.outcome import Outcome

STALL_MINUTES = 180.0
"""How long Encord's advice lets a whole job take (`Advice.job_bytes`); no movement at all for as long is odd."""


class EncordUploadSensor(EncordOperator, BaseSensorOperator):
    """Wait until all upload jobs of a run have come to their end, and record what became of each object.

    One trigger polls all jobs. Refused objects go to quarantine with Encord's reason. A second try attaches to
    the same jobs again. Returns how many objects were registered and quarantined.

    Args:
        jobs: UUIDs of upload jobs, as `EncordSubmitUploadOperator` returns them.
        max_failed: How many objects may be refused: a share when below 1, else a number; None allows any.
        stall_minutes: How long all jobs together may stand still, of those that the triggerer waits for, before the
            try fails; None leaves it to the timeout.
        encord_conn_id: Airflow connection of Encord.
        deferrable: Wait in the triggerer, without a worker.

    """

    template_fields: Sequence[str] = ("jobs", "encord_conn_id")
    operator_extra_links = (EncordFolderLink(),)
    ui_color = "#e8f0fe"
    presets: ClassVar[Mapping[str, Any]] = {**RETRIES, "poke_interval": 30, "timeout": timedelta(days=1)}

    def __init__(
        self,
        *,
        jobs: Iterable[str | None] | XComArg,
        max_failed: float | None = None,
        stall_minutes: float | None = STALL_MINUTES,
        encord_conn_id: str = "encord_default",
        deferrable: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.jobs = jobs
        self.max_failed = max_failed
        self.stall_minutes = stall_minutes
        self.encord_conn_id = encord_conn_id
        self.deferrable = deferrable

    def poke(self, context: Context) -> PokeReturnValue:
        """Settle what has finished; done when nothing runs any more."""
        outcome = self._settle(context)
        return PokeReturnValue(not outcome.running)

    def execute(self, context: Context) -> dict[str, int]:
        """Settle what has finished, then wait for the rest in the triggerer or, without one, here."""
        if not self.deferrable:
            with contextlib.suppress(AirflowSensorTimeout):
                super().execute(context)
            return self.execute_complete(context, {"because": End.DEADLINE})
        outcome = self._settle(context)
        return (
            self._defer(outcome, time.time() + self.timeout, context) if outcome.running else outcome.counts
        )

    def execute_complete(self, context: Context, event: dict[str, Any]) -> dict[str, int]:
        """Settle what the trigger saw finish; when waiting is no use leave it to Airflow's retries."""
        outcome = self._settle(context)
        if not outcome.running:
            return outcome.counts
        with task_failure():
            self._leave_to_retries(outcome, End(event["because"]))
        return self._defer(outcome, event["deadline"], context)

    def _leave_to_retries(self, outcome: "Outcome", end: End) -> None:
        """Raise what makes another try of it; not when the trigger saw an end that is not one, or not any more."""
        if end is End.DEADLINE:
            outcome.give_up()
        if end is End.STALLED:
            raise UploadStalled([job for _, job in outcome.running], (self.stall_minutes or 0) * 60)

    def _settle(self, context: Context) -> "Outcome":
        # rendered by now; None when nothing was submitted
        given = cast("Iterable[str | None] | None", self.jobs)
        jobs = [job for job in given or () if job]
        with task_failure():
            outcome = settle_finished(self.encord_conn_id, jobs, self.max_failed, context)
        if outcome.folder_page:
            EncordFolderLink.leave(context, outcome.folder_page)
        return outcome

    def _defer(self, outcome: "Outcome", deadline: float, context: Context) -> NoReturn:
        from encord_provider.hooks.killed import leave_mark
        from encord_provider.triggers.upload import UploadFinishedTrigger

        leave_mark(context)
        trigger = UploadFinishedTrigger(
            self.encord_conn_id,
            outcome.running,
            deadline,
            self.poke_interval,
            None if self.stall_minutes is None else self.stall_minutes * 60,
        )
        self.defer(trigger=trigger, method_name="execute_complete")

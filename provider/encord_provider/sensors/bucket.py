"""Waiting for new objects in a bucket."""

import time
from collections.abc import Sequence
from typing import Any, Literal, NoReturn

from airflow.providers.common.compat.sdk import (
    AirflowSensorTimeout,
    AirflowSkipException,
    BaseSensorOperator,
    Context,
    PokeReturnValue,
)

from encord_provider.hooks.arrival import anything_new
from encord_provider.hooks.operator import EncordOperator
from encord_provider.hooks.task_failure import task_failure
from encord_provider.manifest.globs import as_globs
from encord_provider.manifest.ingestion import Changed, Gone, Ingestion


class EncordBucketSensor(EncordOperator, BaseSensorOperator):
    """Wait for new, settled objects under *source*; return the ingestion that the other operators go by.

    New is what the ledger has not seen at its present version, so late and slow uploads are never missed.

    Args:
        source: Bucket and prefix, for example ``s3://fleet-cameras/{{ ds }}/``.
        inventory: Manifest of an S3 Inventory, or its like, or a table of keys, to be read in place of a listing.
        folder: Name or UUID of the folder in Encord; made when it is absent.
        integration: Title or UUID of the cloud integration through which Encord reads the bucket.
        include: Globs, or regular expressions behind ``re:``, over keys relative to the source; a key must match one.
        exclude: The same; keys that match one are counted, and left out.
        settle_seconds: How long an object must have been left unchanged before it counts.
        changed: What becomes of a newer version of a registered object: ``report`` it, ``reregister`` it as an item
            of its own in place of the old one, or ``ignore`` it.
        gone: What becomes of a registered object that is no longer there: ``report`` it, or give it up, too
            (``tombstone``), so that it counts as new should it come again.
        wait_minutes: How long to wait for something new.
        nothing_new: What to do after that: ``skip`` the tasks that follow, ``proceed`` with them so that they
            account for what there is, or ``fail``.
        bucket_conn_id: Airflow connection of the bucket; by default the default one of its cloud.
        encord_conn_id: Airflow connection of Encord.
        deferrable: Wait in the triggerer, without a worker.

    """

    template_fields: Sequence[str] = (
        "source",
        "inventory",
        "folder",
        "integration",
        "include",
        "exclude",
        "wait_minutes",
        "bucket_conn_id",
        "encord_conn_id",
    )
    ui_color = "#e8f0fe"

    def __init__(
        self,
        *,
        source: str,
        inventory: str | None = None,
        folder: str,
        integration: str | None = None,
        include: str | Sequence[str] = ("**",),
        exclude: str | Sequence[str] = (),
        settle_seconds: float = 0,
        changed: Changed = "report",
        gone: Gone = "report",
        wait_minutes: float | str = 60,
        nothing_new: Literal["skip", "proceed", "fail"] = "skip",
        bucket_conn_id: str | None = None,
        encord_conn_id: str = "encord_default",
        deferrable: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.source = source
        self.inventory = inventory
        self.folder = folder
        self.integration = integration
        self.include = include
        self.exclude = exclude
        self.settle_seconds = settle_seconds
        self.changed = changed
        self.gone = gone
        self.wait_minutes = wait_minutes
        self.nothing_new = nothing_new
        self.bucket_conn_id = bucket_conn_id
        self.encord_conn_id = encord_conn_id
        self.deferrable = deferrable

    @property
    def ingestion(self) -> Ingestion:
        """What this sensor waits for, as the other operators take it."""
        return Ingestion(
            source=self.source,
            inventory=self.inventory,
            folder=self.folder,
            integration=self.integration,
            include=as_globs(self.include),
            exclude=as_globs(self.exclude),
            settle_seconds=self.settle_seconds,
            changed=self.changed,
            gone=self.gone,
            bucket_conn_id=self.bucket_conn_id,
            encord_conn_id=self.encord_conn_id,
        )

    def poke(self, context: Context) -> PokeReturnValue:  # noqa: ARG002 - Airflow's signature
        """Look once."""
        with task_failure():
            arrived = anything_new(self.ingestion)
        return PokeReturnValue(arrived)

    def execute(self, context: Context) -> dict[str, Any]:
        """Look once, then wait in the triggerer or, without one, here."""
        self.timeout = float(self.wait_minutes) * 60
        if not self.deferrable:
            return self._poke_until_timeout(context)
        looked = self.poke(context)
        if looked.is_done:
            return self.ingestion.model_dump(mode="json")
        if self.timeout <= 0:
            return self._nothing_arrived()
        return self._defer()

    def execute_complete(self, context: Context, event: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - Airflow's signature
        """Go on where the trigger stopped; what it saw is looked at again by the build."""
        if event["arrived"]:
            return self.ingestion.model_dump(mode="json")
        return self._nothing_arrived()

    def _poke_until_timeout(self, context: Context) -> dict[str, Any]:
        try:
            super().execute(context)
        except AirflowSensorTimeout:
            return self._nothing_arrived()
        return self.ingestion.model_dump(mode="json")

    def _defer(self) -> NoReturn:
        from encord_provider.triggers.arrival import ObjectsArrivedTrigger

        trigger = ObjectsArrivedTrigger(
            self.ingestion.model_dump(mode="json"), time.time() + self.timeout, self.poke_interval
        )
        self.defer(trigger=trigger, method_name="execute_complete")

    def _nothing_arrived(self) -> dict[str, Any]:
        if self.nothing_new == "proceed":
            return self.ingestion.model_dump(mode="json")
        message = f"nothing new under {self.source} within {self.wait_minutes} minutes"
        raise AirflowSkipException(message) if self.nothing_new == "skip" else AirflowSensorTimeout(message)

"""Two DAGs for processes to die under: one as people write it, one whose single wait has hundreds of jobs."""

import sys
from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, Param, get_current_context, task

from encord_provider.manifest.limits import Advice
from encord_provider.operators.dataset import EncordLinkFolderOperator
from encord_provider.operators.manifest import EncordBuildManifestOperator
from encord_provider.operators.receipt import EncordReceiptOperator
from encord_provider.operators.upload import EncordSubmitUploadOperator
from encord_provider.sensors.upload import EncordUploadSensor

PARAMS = {name: Param("", type="string") for name in ("source", "folder", "integration")}
ARRIVED = {name: f"{{{{ params.{name} }}}}" for name in PARAMS}
AGAIN: dict[str, Any] = {"retries": 10, "retry_delay": timedelta(seconds=1)}


def build(units: int) -> EncordBuildManifestOperator:
    """Put *units* into each manifest."""
    advice = Advice(units={}, other_units=units)
    return EncordBuildManifestOperator(
        task_id="build", arrived=ARRIVED, advice=advice, max_manifests=1000, probing="off", **AGAIN
    )


with DAG("fleet", schedule=None, params=PARAMS):
    manifests = build(units=20)
    jobs = EncordSubmitUploadOperator.partial(task_id="submit", **AGAIN).expand(manifest=manifests.output)
    registered = EncordUploadSensor(task_id="registered", jobs=jobs.output, poke_interval=1, **AGAIN)
    linked = EncordLinkFolderOperator(
        task_id="link", folder="{{ params.folder }}", dataset="{{ params.folder }}", **AGAIN
    )
    receipt = EncordReceiptOperator(task_id="receipt", arrived=ARRIVED, linked=linked.output, **AGAIN)
    registered >> linked


with DAG("wide", schedule=None, params=PARAMS):

    @task(**AGAIN)  # type: ignore[untyped-decorator]  # Airflow's own, given its arguments as a mapping
    def submit_all(manifests: list[str]) -> list[str]:
        """Submit them in one task: hundreds of task processes would take minutes."""
        from encord_provider.hooks.buckets import open_storage
        from encord_provider.hooks.encord import EncordHook
        from encord_provider.hooks.ledger import open_ledger
        from encord_provider.hooks.run import task_of
        from encord_provider.ingestion.submit import submit
        from encord_provider.ledger.pacing import Bounds

        this, api = task_of(get_current_context()), EncordHook("encord_default").api
        with open_ledger() as ledger:
            bounds = Bounds(jobs=sys.maxsize)  # none of them ends before those of all runs wait
            found = [submit(ledger, api, open_storage(), one, this, bounds=bounds) for one in manifests]
        return [job for job in found if job]

    all_jobs = submit_all(build(units=1).output)
    all_registered = EncordUploadSensor(task_id="registered", jobs=all_jobs, poke_interval=1, **AGAIN)
    all_registered >> EncordReceiptOperator(task_id="receipt", arrived=ARRIVED, **AGAIN)

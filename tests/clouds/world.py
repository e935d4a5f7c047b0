"""A cloud with a corpus in it, an empty Encord that can read it, and an Airflow that knows both."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo.corpus import BUCKET, PREFIX
from encord_provider.sandbox.testing import RunningSandbox
from tests.airflow.conftest import DAGS, returned_by
from tests.clouds.cloud import Cloud

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun
    from airflow.sdk import DAG
    from encord.storage import StorageItem

_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class World:
    """Everything that a DAG run on one cloud needs."""

    cloud: Cloud
    sandbox: RunningSandbox
    directory: Path
    """Where DAG files are written."""

    @property
    def bucket(self) -> str:
        """The corpus's bucket, as DAGs spell it."""
        return f"{self.cloud.scheme}://{BUCKET}"

    def put(self, key: str, body: bytes) -> str:
        """Write an object beside the corpus and return the URL that Encord must know it by."""
        self.cloud.store(BUCKET).put(key, body)
        return self.cloud.root_url(BUCKET) + key

    def tidy(self) -> None:
        """Delete what is not of the corpus: the next test finds the bucket as this one did."""
        store = self.cloud.store(BUCKET)
        keys = [entry["path"] for page in store.list() for entry in page]
        store.delete([key for key in keys if not key.startswith(PREFIX)])

    def items(self, folder: str = "fleet") -> "list[StorageItem]":
        """Return the items of a folder."""
        (found,) = self.sandbox.client().find_storage_folders(search=folder)
        return list(found.list_items())

    def run(
        self,
        dag_name: str,
        conf: Mapping[str, Any] = _NOTHING,
        *,
        logical_date: datetime | None = None,
        edits: Mapping[str, str] = _NOTHING,
    ) -> dict[str, Any]:
        """Run an example DAG as in `ended`, which must succeed; return what its tasks returned, by task id."""
        dag_run = self.ended(dag_name, conf, logical_date=logical_date, edits=edits)
        tasks = dag_run.get_task_instances()
        assert dag_run.state == "success", {ti.task_id: ti.state for ti in tasks}
        return {ti.task_id: returned_by(ti) for ti in tasks}

    def ended(
        self,
        dag_name: str,
        conf: Mapping[str, Any] = _NOTHING,
        *,
        logical_date: datetime | None = None,
        edits: Mapping[str, str] = _NOTHING,
    ) -> "DagRun":
        """Run an example DAG to its end, however it ends.

        Args:
            dag_name: The DAG's id, and the name of its file. It gets the bucket and the integration of this
                cloud for those of S3.
            conf: Params.
            logical_date: The run's.
            edits: What stands in the file, to what a user would write in its place.

        """
        (file,) = DAGS.rglob(f"{dag_name}.py")
        code = file.read_text()
        ours = {"s3://fleet-cameras": self.bucket, "fleet-s3": self.cloud.integration.title}
        for old, new in {**ours, **edits}.items():
            assert old in code or old not in edits, f"{file} has no {old!r}"
            code = code.replace(old, new)
        dag_run: DagRun = self._dag(dag_name, code).test(run_conf=dict(conf), logical_date=logical_date)
        return dag_run

    def _dag(self, name: str, code: str) -> "DAG":
        from airflow.dag_processing.bundles.manager import (  # noqa: PLC0415 - seconds that only these tests need
            DagBundlesManager,
        )

        from tests.airflow.dag_bags import DagBag, sync_bag_to_db  # noqa: PLC0415 - as above

        file = self.directory / f"{name}.py"
        file.write_text(code)
        bag = DagBag(dag_folder=file)
        assert bag.import_errors == {}
        DagBundlesManager().sync_bundles_to_db()
        sync_bag_to_db(
            bag, "dags-folder", None
        )  # Airflow does it itself, but for what dags/.airflowignore hides
        dag: DAG = bag.dags[name]
        return dag

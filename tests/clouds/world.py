"""A cloud with a corpus in it, an empty Encord that can read it, and an Airflow that knows both."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo.corpus import BUCKET
from encord_provider.sandbox.testing import RunningSandbox
from tests.airflow.conftest import DAGS, returned_by
from tests.clouds.cloud import Cloud

if TYPE_CHECKING:
    from airflow.sdk import DAG


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

    def run(self, dag_name: str, conf: dict[str, Any]) -> dict[str, Any]:
        """Run an example DAG, with this cloud's bucket in it, to its end; return what its tasks returned."""
        (file,) = DAGS.rglob(f"{dag_name}.py")
        code = file.read_text().replace("s3://fleet-cameras", self.bucket)
        return self.run_code(dag_name, code, conf=conf)

    def run_code(
        self, dag_name: str, code: str, *, conf: dict[str, Any], logical_date: datetime | None = None
    ) -> dict[str, Any]:
        """Run the DAG that *code* defines to its end; return what its tasks returned, by task id."""
        dag_run = self._dag(dag_name, code).test(run_conf=conf, logical_date=logical_date)
        tasks = dag_run.get_task_instances()
        assert dag_run.state == "success", {ti.task_id: ti.state for ti in tasks}
        return {ti.task_id: returned_by(ti) for ti in tasks}

    def _dag(self, name: str, code: str) -> "DAG":
        from airflow.dag_processing.dagbag import DagBag  # noqa: PLC0415 - seconds that only these tests need

        file = self.directory / f"{name}.py"
        file.write_text(code)
        bag = DagBag(dag_folder=file)
        assert bag.import_errors == {}
        dag: DAG = bag.dags[name]
        return dag

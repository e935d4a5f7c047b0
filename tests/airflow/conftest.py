"""A real Airflow without its servers: DAG files run by ``dag.test()`` against the sandbox and an S3 server."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from demo.bucket_server import BucketServer
from demo.corpus import BUCKET, CORPUS, Corpus, write_corpus
from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.testing import RunningSandbox, running_sandbox
from tests.bucket import Bucket

if TYPE_CHECKING:
    from airflow.models.taskinstance import TaskInstance
    from airflow.sdk import DAG
    from airflow.timetables.base import Timetable

DAGS = Path(__file__).parents[2] / "dags"


@pytest.fixture(scope="session", autouse=True)
def airflow_database() -> None:
    """Make the database of the session's Airflow."""
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True, capture_output=True)


@dataclass(frozen=True)
class Fleet:
    """A bucket with the corpus in it."""

    server: BucketServer
    bucket: str


@dataclass(frozen=True)
class World:
    """A bucket with the corpus in it, an empty Encord that can read it, and an Airflow that knows both."""

    sandbox: RunningSandbox
    endpoint: str
    """Where the S3 server is."""

    bucket: str
    corpus: Corpus

    def run(self, dag_name: str, conf: dict[str, Any]) -> dict[str, Any]:
        """Run an example DAG to its end; return what its tasks returned, by task id."""
        dag_run = dag_of(dag_name).test(run_conf=conf)
        tasks = dag_run.get_task_instances()
        assert dag_run.state == "success", {ti.task_id: ti.state for ti in tasks}
        return {ti.task_id: returned_by(ti) for ti in tasks}


def run_tasks(
    define: Callable[[], object], schedule: "Timetable | None" = None, logical_date: datetime | None = None
) -> dict[str, "TaskInstance"]:
    """Run the tasks that *define* defines as a DAG of their own; return them, by task id, as they ended."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.sdk import DAG

    from tests.airflow.dag_bags import DagBag, sync_bag_to_db

    with DAG(f"small_{uuid4().hex}", schedule=schedule) as dag:
        define()
    DagBundlesManager().sync_bundles_to_db()
    bag = DagBag(dag_folder=DAGS, collect_dags=False)
    bag.bag_dag(dag)
    sync_bag_to_db(bag, "dags-folder", None)
    return {ti.task_id: ti for ti in dag.test(logical_date=logical_date).get_task_instances()}


def returned_by(task_instance: "TaskInstance") -> Any:  # noqa: ANN401 - an XCom is any JSON
    """Read what a task returned from Airflow's database."""
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session

    query = XComModel.get_many(
        key="return_value",
        task_ids=task_instance.task_id,
        dag_ids=task_instance.dag_id,
        run_id=task_instance.run_id,
    )
    with create_session() as session:
        row = session.execute(query).first()
    return XComModel.deserialize_value(row[0]) if row else None


def dag_of(name: str) -> "DAG":
    """Load an example DAG from its file."""
    from tests.airflow.dag_bags import DagBag

    (file,) = DAGS.rglob(f"{name}.py")
    bag = DagBag(dag_folder=file)
    assert bag.import_errors == {}
    dag: DAG = bag.dags[name]
    return dag


@pytest.fixture(scope="session")
def fleet(bucket_server: BucketServer) -> Fleet:
    """Put the corpus into a bucket, once for the session."""
    bucket_server.create_bucket(BUCKET)
    write_corpus(bucket_server.store(BUCKET))
    return Fleet(bucket_server, BUCKET)


@pytest.fixture
def world(
    fleet: Fleet, s3_integration: Integration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """Connect an Airflow with a ledger of its own to the corpus and to an empty sandbox."""
    with connected(fleet, s3_integration, tmp_path, monkeypatch) as world:
        yield world


@pytest.fixture
def small_world(
    bucket: Bucket, s3_integration: Integration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """Connect the same to the bucket of all tests, without the corpus; the test puts there what it needs."""
    with connected(Fleet(bucket.server, bucket.name), s3_integration, tmp_path, monkeypatch) as world:
        yield world


@contextmanager
def connected(
    fleet: Fleet, s3_integration: Integration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """Run an empty sandbox, and let Airflow's connections lead to it and to a bucket."""
    integration = s3_integration.model_copy(update={"title": "fleet-s3"})
    with running_sandbox(integrations=[integration]) as sandbox:
        encord = {"conn_type": "encord", "host": sandbox.url, "password": sandbox.private_key}
        aws = {
            "conn_type": "aws",
            "login": fleet.server.access_key_id,
            "password": fleet.server.secret_access_key,
            "extra": {"endpoint_url": fleet.server.endpoint, "region_name": fleet.server.region},
        }
        monkeypatch.setenv("AIRFLOW_CONN_ENCORD_DEFAULT", json.dumps(encord))
        monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(aws))
        monkeypatch.setenv("AIRFLOW__ENCORD__LEDGER_URL", f"sqlite:///{tmp_path / 'ledger.db'}")
        monkeypatch.setenv("AIRFLOW__ENCORD__STORAGE", (tmp_path / "storage").as_uri())
        yield World(sandbox, fleet.server.endpoint, fleet.bucket, CORPUS)

"""What the sandbox's guide shows: quoted there from here, so that what is shown is what runs."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from pydantic import SecretStr

from demo.bucket_server import BucketServer, running_bucket_server
from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.testing import RunningSandbox, running_sandbox
from tests import media


@pytest.fixture(scope="module")
def bucket_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BucketServer]:
    """Run an S3 server whose buckets no other test fills: the DAG's bucket has a fixed name."""
    with running_bucket_server(tmp_path_factory.mktemp("bucket-server")) as server:
        yield server


@pytest.fixture(scope="module", autouse=True)
def airflow_database() -> None:
    """Make the database of the session's Airflow."""
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True, capture_output=True)


# --8<-- [start:fixture]
@pytest.fixture
def encord(
    bucket_server: BucketServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RunningSandbox]:
    """Connect Airflow to an empty Encord that can read the bucket, with a ledger of the test's own."""
    fleet = Integration(
        title="fleet-s3",
        kind="s3-compatible",
        endpoint=bucket_server.endpoint,
        access_key_id=bucket_server.access_key_id,
        secret_access_key=SecretStr(bucket_server.secret_access_key),
    )
    with running_sandbox(integrations=[fleet]) as sandbox:
        connections = {
            "ENCORD_DEFAULT": {"conn_type": "encord", "host": sandbox.url, "password": sandbox.private_key},
            "AWS_DEFAULT": {
                "conn_type": "aws",
                "login": bucket_server.access_key_id,
                "password": bucket_server.secret_access_key,
                "extra": {"endpoint_url": bucket_server.endpoint},
            },
        }
        for name, connection in connections.items():
            monkeypatch.setenv(f"AIRFLOW_CONN_{name}", json.dumps(connection))
        monkeypatch.setenv("AIRFLOW__ENCORD__LEDGER_URL", f"sqlite:///{tmp_path / 'ledger.db'}")
        monkeypatch.setenv("AIRFLOW__ENCORD__STORAGE", tmp_path.as_uri())
        yield sandbox


# --8<-- [end:fixture]


# --8<-- [start:test]
def test_a_picture_lands_in_the_dataset_and_words_named_as_one_do_not(
    encord: RunningSandbox, bucket_server: BucketServer
) -> None:
    bucket_server.create_bucket("fleet-cameras")
    bucket = bucket_server.store("fleet-cameras")
    bucket.put("cam 1/front.png", media.image())
    bucket.put("cam 1/words.png", b"no picture")

    run = DagBag("dags/first_upload.py").dags["first_upload"].test()

    assert run.state == "success"
    (dataset,) = encord.client().get_datasets(title_eq="fleet-labelling")
    rows = encord.client().get_dataset(dataset["dataset"].dataset_hash).list_data_rows()
    assert [row.title for row in rows] == ["cam 1/front.png"]
    # --8<-- [end:test]


# --8<-- [start:trouble]
def test_the_sdk_asks_again_where_encord_is_busy(encord: RunningSandbox) -> None:
    encord.faults.add("status", method="GET", path="/cloud-integrations$", status=503)
    encord.faults.add("drop_before", method="GET", path="/cloud-integrations$")

    titles = [integration.title for integration in encord.client().get_cloud_integrations()]

    assert titles == ["fleet-s3"]
    assert [request.status for request in encord.requests] == [503, 0, 200]
    # --8<-- [end:trouble]

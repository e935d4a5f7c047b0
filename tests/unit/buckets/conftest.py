"""Real buckets: a directory, and a prefix on the S3 server of the session."""

from pathlib import Path

import boto3  # type: ignore[import-untyped]  # it ships none
import pytest

from demo.bucket_server import BucketServer


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Make an empty directory."""
    made = tmp_path / "bucket"
    made.mkdir()
    return made


@pytest.fixture
def session(bucket_server: BucketServer) -> boto3.Session:
    """Hold the credentials of the S3 server, as an Airflow connection would give them."""
    return boto3.Session(bucket_server.access_key_id, bucket_server.secret_access_key)

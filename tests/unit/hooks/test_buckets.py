"""Airflow connections become buckets."""

import json
from pathlib import Path

import pytest

from demo.bucket_server import BucketServer
from encord_provider.errors import BadConnection, BadSource, NotShared
from encord_provider.hooks.buckets import open_source, open_storage
from tests.bucket import Bucket

AWS_VARIABLES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_DEFAULT_REGION")


@pytest.fixture(autouse=True)
def _nobodys_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the credentials of the person who runs the tests."""
    for variable in AWS_VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def connect(server: BucketServer, conn_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the Airflow connection *conn_id* to the S3 server."""
    connection = {
        "conn_type": "aws",
        "login": server.access_key_id,
        "password": server.secret_access_key,
        "extra": {"endpoint_url": server.endpoint, "region_name": server.region},
    }
    monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(connection))


@pytest.mark.parametrize("conn_id", [None, "aws_fleet"])
def test_a_source_on_s3_is_opened_with_the_airflow_connection(
    bucket_server: BucketServer, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, conn_id: str | None
) -> None:
    connect(bucket_server, conn_id or "aws_default", monkeypatch)
    url = bucket.put("a b.mp4", b"x")

    source = open_source(bucket.uri(""), conn_id)

    ((obj,),) = source.bucket.pages(source.prefix)
    assert (obj.url, source.prefix) == (url, bucket.prefix)


def test_a_source_on_this_machine_needs_no_connection(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"x")

    source = open_source(f"{tmp_path.as_uri()}/")

    assert [obj.key for page in source.bucket.pages(source.prefix) for obj in page] == ["a.mp4"]


@pytest.mark.parametrize("uri", ["ftp://fleet/", "fleet", "s3://"])
def test_a_source_that_cannot_be_read_is_named(uri: str) -> None:
    with pytest.raises(BadSource) as caught:
        open_source(uri)

    assert caught.value.source == uri


def test_no_credentials_anywhere_are_a_fault_of_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps({"conn_type": "aws"}))

    with pytest.raises(BadConnection, match="aws_default"):
        open_source("s3://fleet/")


def test_manifests_are_kept_under_airflows_home_by_default(home: Path) -> None:
    storage = open_storage()

    uri = storage.write("manifests/a b.json", b"content")

    assert storage.read(uri) == b"content"
    assert (home / "encord" / "storage" / "manifests" / "a b.json").read_bytes() == b"content"


@pytest.mark.usefixtures("home")
def test_a_manifest_that_one_task_stored_another_reads() -> None:
    uri = open_storage().write("manifests/100%.json", b"content")

    assert open_storage().read(uri) == b"content"


def test_manifests_can_be_kept_in_a_bucket_with_a_connection_of_its_own(
    bucket_server: BucketServer, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(bucket_server, "aws_storage", monkeypatch)
    monkeypatch.setenv("AIRFLOW__ENCORD__STORAGE", bucket.uri("deep/er"))
    monkeypatch.setenv("AIRFLOW__ENCORD__STORAGE_CONN_ID", "aws_storage")

    uri = open_storage().write("manifests/żółw.json", b"content")

    assert uri == bucket.uri("deep/er/manifests/żółw.json")
    assert open_storage().read(uri) == b"content"


@pytest.mark.usefixtures("home")
def test_a_storage_on_one_machine_is_refused_when_tasks_may_run_on_several(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")

    with pytest.raises(NotShared, match="a directory that every worker mounts"):
        open_storage()


def test_a_directory_that_somebody_named_may_be_mounted_on_every_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    monkeypatch.setenv("AIRFLOW__ENCORD__STORAGE", tmp_path.as_uri())

    storage = open_storage()

    assert storage.read(storage.write("a.json", b"{}")) == b"{}"

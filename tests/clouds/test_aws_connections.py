"""What a connection of type ``aws`` may say beside its keys: region, endpoint, proxy, certificates, profile."""

import json
from pathlib import Path

import pytest
from obstore.store import S3Store

from demo.bucket_server import BucketServer
from encord_provider.buckets.bucket import Bucket
from encord_provider.errors import BadConnection, BucketUnavailable, NotFound
from encord_provider.hooks.buckets import open_source
from tests.clouds.amazon import running_aws
from tests.clouds.cloud import CONTRACT, Cloud, Place
from tests.clouds.conftest import OTC


@pytest.fixture(autouse=True)
def nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no setting of this machine decide."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def connect(monkeypatch: pytest.MonkeyPatch, *, keys: bool = True, **extra: object) -> None:
    """Make a connection with keys of nobody."""
    who = {"login": "AKIDEXAMPLE", "password": "but-a-secret"} if keys else {}
    connection = {"conn_type": "aws", **who, "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(connection))


def opened(uri: str) -> Bucket:
    """Open the bucket of *uri*."""
    return open_source(uri).bucket


def asked(bucket: Bucket) -> str:
    """Return where the store of *bucket* asks, as obstore was told."""
    assert isinstance(bucket.store, S3Store)
    return str(dict(bucket.store.config)["endpoint_url_s3"])


@pytest.mark.parametrize("forbidden", [False, True])
def test_the_region_of_a_bucket_is_asked_for_when_the_connection_names_none(
    monkeypatch: pytest.MonkeyPatch, *, forbidden: bool
) -> None:
    with running_aws({"fleet": "eu-west-3"}, forbidden=forbidden) as proxy:
        proxies = {"http": proxy, "https": proxy}
        connect(monkeypatch, endpoint_url="http://s3.amazonaws.com", config_kwargs={"proxies": proxies})
        bucket = opened("s3://fleet/")

    assert bucket.url_of("a b.mp4") == "https://fleet.s3.eu-west-3.amazonaws.com/a%20b.mp4"
    assert asked(bucket) == "https://fleet.s3.eu-west-3.amazonaws.com"


def test_a_bucket_that_is_asked_for_its_region_and_does_not_exist_is_said_not_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with running_aws({}) as proxy:
        connect(
            monkeypatch, endpoint_url="http://s3.amazonaws.com", config_kwargs={"proxies": {"http": proxy}}
        )
        with pytest.raises(NotFound, match="no bucket 's3://fleet'"):
            opened("s3://fleet/")


def test_a_region_that_cannot_be_asked_for_is_worth_another_try(monkeypatch: pytest.MonkeyPatch) -> None:
    config = {"proxies": {"http": "http://127.0.0.1:9"}, "retries": {"max_attempts": 0}}
    connect(monkeypatch, endpoint_url="http://s3.amazonaws.com", config_kwargs=config)

    with pytest.raises(BucketUnavailable, match="s3://fleet"):
        opened("s3://fleet/")


def test_the_region_that_the_connection_names_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, region_name="cn-north-1")

    bucket = opened("s3://fleet/")

    assert bucket.url_of("a") == "https://fleet.s3.cn-north-1.amazonaws.com.cn/a"
    assert asked(bucket) == "https://fleet.s3.cn-north-1.amazonaws.com.cn"


@pytest.mark.parametrize(
    ("endpoint", "where"),
    [
        ("https://s3.eu-west-3.amazonaws.com", "https://fleet.s3.eu-west-3.amazonaws.com"),
        ("https://s3.dualstack.eu-west-3.amazonaws.com", "https://s3.dualstack.eu-west-3.amazonaws.com"),
        (
            "https://bucket.vpce-1a2b3c.s3.eu-west-3.vpce.amazonaws.com",
            "https://bucket.vpce-1a2b3c.s3.eu-west-3.vpce.amazonaws.com",
        ),
    ],
)
def test_another_door_to_aws_is_used_and_does_not_change_how_objects_are_spelled(
    monkeypatch: pytest.MonkeyPatch, endpoint: str, where: str
) -> None:
    connect(monkeypatch, endpoint_url=endpoint)

    bucket = opened("s3://fleet/")

    assert bucket.url_of("a") == "https://fleet.s3.eu-west-3.amazonaws.com/a"
    assert asked(bucket) == where


@pytest.mark.parametrize(
    ("bucket_name", "url", "where"),
    [
        ("fleet", f"https://fleet.{OTC}/a", f"https://fleet.{OTC}"),
        ("fleet.cams", f"https://{OTC}/fleet.cams/a", f"https://{OTC}"),
    ],
)
def test_open_telekom_cloud_needs_nothing_but_its_endpoint(
    monkeypatch: pytest.MonkeyPatch, bucket_name: str, url: str, where: str
) -> None:
    connect(monkeypatch, endpoint_url=f"https://{OTC}")

    bucket = opened(f"s3://{bucket_name}/")

    assert isinstance(bucket.store, S3Store)
    assert dict(bucket.store.config)["region"] == "eu-de"
    assert (bucket.url_of("a"), asked(bucket)) == (url, where)


def test_the_endpoint_of_the_environment_is_followed_as_boto_follows_it(
    s3: Cloud, bucket_server: BucketServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place.new(s3)
    place.put("a.mp4", b"abc")
    connection = dict(s3.connection) | {"extra": {"region_name": "us-east-1"}}
    s3.connect(monkeypatch, connection)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", bucket_server.endpoint)

    ((obj,),) = opened(place.uri()).pages(place.prefix)

    assert obj.url == place.url("a.mp4")


def test_a_profile_of_the_machine_is_used(
    s3: Cloud, bucket_server: BucketServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place.new(s3)
    place.put("a.mp4", b"abc")
    file = tmp_path / "credentials"
    file.write_text(
        f"[fleet]\naws_access_key_id={bucket_server.access_key_id}\n"
        f"aws_secret_access_key={bucket_server.secret_access_key}\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    connect(monkeypatch, keys=False, profile_name="fleet", endpoint_url=bucket_server.endpoint)

    assert opened(place.uri()).read(place.prefix + "a.mp4") == b"abc"


def test_no_credentials_at_all_are_a_fault_of_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, keys=False, region_name="eu-west-3")

    with pytest.raises(BadConnection, match=r"aws_default.*no AWS credentials"):
        opened("s3://fleet/")


def test_a_connection_that_signs_nothing_needs_no_credentials_and_is_refused_where_they_are_wanted(
    bucket_server: BucketServer, s3: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(
        monkeypatch,
        keys=False,
        endpoint_url=bucket_server.endpoint,
        region_name="us-east-1",
        config_kwargs={"signature_version": "unsigned"},
    )

    with pytest.raises(BadConnection, match=r"s3://contract refused its credentials \(403"):
        list(opened(f"{s3.scheme}://{CONTRACT}/").pages())


def test_certificates_that_cannot_be_read_are_a_fault_of_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connect(monkeypatch, region_name="eu-west-3", verify="/nonexistent.pem")

    with pytest.raises(BadConnection, match=r"nonexistent\.pem.*No such file"):
        opened("s3://fleet/")

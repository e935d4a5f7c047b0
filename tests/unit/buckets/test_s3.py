"""S3 and stores that speak its protocol."""

import boto3  # type: ignore[import-untyped]  # it ships none
import pytest
from obstore.store import S3Store

from encord_provider.buckets.bucket import Bucket
from encord_provider.buckets.s3 import DEFAULT_REGION, is_aws, region_in, s3_bucket


def config_of(bucket: Bucket) -> dict[str, object]:
    """Return how the store of *bucket* asks."""
    assert isinstance(bucket.store, S3Store)
    return dict(bucket.store.config)


@pytest.fixture
def keys() -> boto3.Session:
    """Hold credentials of nobody; opening a bucket asks nothing."""
    return boto3.Session("AKIDEXAMPLE", "example", region_name="eu-west-3")


def test_a_bucket_on_aws_is_opened_and_spelled_virtual_hosted(keys: boto3.Session) -> None:
    bucket = s3_bucket("fleet", keys, region="eu-west-1", endpoint=None)

    assert bucket.name == "s3://fleet"
    assert bucket.url_of("a b.mp4") == "https://fleet.s3.eu-west-1.amazonaws.com/a%20b.mp4"
    assert config_of(bucket)["virtual_hosted_style_request"] in ("true", True)


def test_a_bucket_with_dots_is_opened_as_it_is_spelled(keys: boto3.Session) -> None:
    bucket = s3_bucket("fleet.cams", keys, region="eu-west-1", endpoint=None)

    assert bucket.url_of("a").startswith("https://s3.eu-west-1.amazonaws.com/fleet.cams/")
    assert config_of(bucket)["virtual_hosted_style_request"] in ("false", False)


def test_a_bucket_on_another_endpoint_is_opened_path_style(keys: boto3.Session) -> None:
    bucket = s3_bucket("fleet", keys, region=None, endpoint="http://127.0.0.1:8333")

    assert bucket.url_of("a.mp4") == "http://127.0.0.1:8333/fleet/a.mp4"
    assert config_of(bucket)["virtual_hosted_style_request"] in ("false", False)


@pytest.mark.parametrize(
    ("given", "of_session", "used"),
    [("eu-west-1", "eu-west-3", "eu-west-1"), (None, "eu-west-3", "eu-west-3"), (None, None, DEFAULT_REGION)],
)
def test_the_region_is_the_one_given_or_the_sessions_or_the_default(
    given: str | None, of_session: str | None, used: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    session = boto3.Session("AKIDEXAMPLE", "example", region_name=of_session)

    bucket = s3_bucket("fleet", session, region=given, endpoint=None)

    assert config_of(bucket)["region"] == used
    assert f".{used}." in bucket.url_of("a")


def test_a_directory_bucket_is_listed_in_no_order(keys: boto3.Session) -> None:
    express = s3_bucket("fleet--use1-az4--x-s3", keys, region="us-east-1", endpoint=None)
    ordinary = s3_bucket("fleet", keys, region="us-east-1", endpoint=None)

    assert express.listing().checkpoint is None
    assert ordinary.listing().checkpoint is not None


def test_no_secret_shows_in_what_a_bucket_looks_like(keys: boto3.Session) -> None:
    session = boto3.Session("AKIDEXAMPLE", "a-very-secret-key")

    assert "a-very-secret-key" not in repr(s3_bucket("fleet", session, region="eu-west-1", endpoint=None))
    assert "example" not in repr(s3_bucket("fleet", keys, region="eu-west-1", endpoint=None))


@pytest.mark.parametrize(
    ("endpoint", "aws", "region"),
    [
        ("https://s3.amazonaws.com", True, None),
        ("https://s3.eu-west-1.amazonaws.com", True, "eu-west-1"),
        ("https://s3-us-west-2.amazonaws.com", True, "us-west-2"),
        ("https://s3.dualstack.us-gov-west-1.amazonaws.com", True, "us-gov-west-1"),
        ("https://s3.cn-north-1.amazonaws.com.cn", True, "cn-north-1"),
        ("https://bucket.vpce-1a2b.s3.ap-southeast-2.vpce.amazonaws.com", True, "ap-southeast-2"),
        ("https://obs.eu-de.otc.t-systems.com", False, "eu-de"),
        ("https://obs.eu-nl.otc.t-systems.com:443/", False, "eu-nl"),
        ("https://s3.my-company.example.com", False, None),
        ("https://s3.eu-west-1.amazonaws.com.example.org", False, None),
        ("http://127.0.0.1:8333", False, None),
        ("", False, None),
    ],
)
def test_an_endpoint_names_its_region_where_its_provider_puts_it_there(
    *, endpoint: str, aws: bool, region: str | None
) -> None:
    assert (is_aws(endpoint), region_in(endpoint)) == (aws, region)

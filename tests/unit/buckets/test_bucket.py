"""One bucket through obstore: what only a real S3 server shows."""

from datetime import timedelta

import boto3  # type: ignore[import-untyped]  # it ships none
import pytest
from obstore.store import S3Store

from demo.bucket_server import BucketServer
from encord_provider.buckets.bucket import PAGE
from encord_provider.buckets.bucket import Bucket as Opened
from encord_provider.buckets.s3 import s3_bucket
from encord_provider.errors import BadConnection, BucketUnavailable, NotFound
from tests.bucket import Bucket


@pytest.fixture
def opened(bucket_server: BucketServer, bucket: Bucket, session: boto3.Session) -> Opened:
    """Open the test's bucket as the provider does."""
    return s3_bucket(bucket.name, session, region=bucket_server.region, endpoint=bucket_server.endpoint)


def keys(opened: Opened, bucket: Bucket, prefix: str = "") -> list[str]:
    """Return the keys under the test's own prefix, without it."""
    pages = opened.pages(bucket.prefix + prefix)
    return [obj.key.removeprefix(bucket.prefix) for page in pages for obj in page]


@pytest.mark.parametrize(
    "key",
    [
        "a b.mp4",
        "1+1.mp4",
        "a#b.mp4",
        "100%.mp4",
        "a%20b.mp4",
        "who?.mp4",
        "żółw/日本.mp4",
        "~a'()!*&=;@:$,.mp4",
        "①1.jpg",
    ],
)
def test_an_object_is_listed_by_its_key_and_by_the_url_that_encord_reads(
    opened: Opened, bucket: Bucket, key: str
) -> None:
    bucket.put(key, b"abc")

    ((obj,),) = opened.pages(bucket.prefix)

    assert (obj.key, obj.size) == (bucket.prefix + key, 3)
    assert obj.url.isascii()
    assert opened.read(obj.key) == b"abc"
    assert opened.read_range(obj.key, 1, 1) == b"b"


def test_the_version_is_the_etag_without_quotes_and_changes_with_the_content(
    opened: Opened, bucket: Bucket
) -> None:
    versions = []
    for content in (b"one", b"two", b"one"):
        bucket.put("a.mp4", content)
        versions += [obj.version for page in opened.pages(bucket.prefix) for obj in page]

    assert versions[0] == versions[2] != versions[1]
    assert not any('"' in version for version in versions)


def test_the_time_of_writing_is_in_utc(opened: Opened, bucket: Bucket) -> None:
    bucket.put("a.mp4", b"x")

    ((obj,),) = opened.pages(bucket.prefix)

    assert obj.last_modified.utcoffset() == timedelta(0)


def test_a_listing_of_several_pages_is_whole(opened: Opened, bucket: Bucket) -> None:
    for n in range(PAGE + 5):
        bucket.put(f"{n:04}", b"x")

    pages = [len(page) for page in opened.pages(bucket.prefix)]

    assert sum(pages) == PAGE + 5
    assert len(pages) >= 2
    assert sorted(keys(opened, bucket)) == [f"{n:04}" for n in range(PAGE + 5)]


def test_markers_of_folders_are_no_objects_and_empty_objects_are(
    opened: Opened, bucket: Bucket, session: boto3.Session
) -> None:
    client = session.client("s3", endpoint_url=bucket.server.endpoint, region_name=bucket.server.region)
    for marker in ("folder/", "lonely.mp4/"):
        client.put_object(Bucket=bucket.name, Key=bucket.prefix + marker, Body=b"")
    bucket.put("folder/a.mp4", b"x")
    bucket.put("empty.mp4", b"")

    assert sorted(keys(opened, bucket)) == ["empty.mp4", "folder/a.mp4"]


def test_a_prefix_need_not_end_at_a_slash(opened: Opened, bucket: Bucket) -> None:
    for key in ("cam-1/a.mp4", "cam-2/a.mp4", "dash/a.mp4"):
        bucket.put(key, b"x")

    assert keys(opened, bucket, "cam-") == ["cam-1/a.mp4", "cam-2/a.mp4"]


def test_a_bucket_that_does_not_exist_is_not_asked_for_again(
    bucket_server: BucketServer, session: boto3.Session
) -> None:
    absent = s3_bucket(
        "no-such-bucket", session, region=bucket_server.region, endpoint=bucket_server.endpoint
    )

    with pytest.raises(NotFound, match="no bucket 's3://no-such-bucket'"):
        list(absent.pages())


@pytest.mark.parametrize("secret", ["wrong", ""])
def test_credentials_that_are_wrong_are_a_fault_of_the_connection_and_never_shown(
    bucket_server: BucketServer, secret: str
) -> None:
    session = boto3.Session(bucket_server.access_key_id, f"{secret}-secret-of-someone")
    opened = s3_bucket("tests", session, region=bucket_server.region, endpoint=bucket_server.endpoint)

    with pytest.raises(BadConnection, match=r"aws_default.*s3://tests.*SignatureDoesNotMatch") as caught:
        list(opened.pages())
    assert "secret-of-someone" not in str(caught.value)


def test_a_store_that_does_not_answer_is_asked_again_later() -> None:
    store = S3Store(
        "tests",
        endpoint="http://127.0.0.1:9",
        access_key_id="AKIDEXAMPLE",
        secret_access_key="example",  # noqa: S106 - nobody's
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )

    with pytest.raises(BucketUnavailable, match=r"s3://tests: .*error sending request"):
        list(Opened("s3://tests", store, str).pages())

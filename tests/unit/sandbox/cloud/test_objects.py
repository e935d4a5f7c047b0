"""Objects on a real S3 server: opened, read, listed and signed through an integration."""

from datetime import timedelta

import boto3  # type: ignore[import-untyped] # it ships none
import httpx
import pytest
from pydantic import SecretStr

from demo.bucket_server import BucketServer
from encord_provider.sandbox.cloud import Integration, ObjectUnreadable, list_objects, open_object, sign_url
from tests.bucket import Bucket

ODD_KEYS = [
    "plain.mp4",
    "with space.mp4",
    "with+plus.mp4",
    "with#hash.mp4",
    "with%percent.mp4",
    "literal%20escape.mp4",
    "with?question=1&and.mp4",
    "żółw/東京 🐢.mp4",
    "(round) [square] {curly} 'quotes\" ~tilde$.mp4",
    "deep/er/and/deep.er/file.mp4",
]


@pytest.mark.parametrize("key", ODD_KEYS)
def test_an_odd_key_is_found_by_its_encoded_url(
    bucket: Bucket, s3_integration: Integration, key: str
) -> None:
    url = bucket.put(key, key.encode())

    assert open_object(s3_integration, url).read_all() == key.encode()


@pytest.mark.parametrize("key", [key for key in ODD_KEYS if " " not in key])
def test_an_odd_key_is_found_raw_behind_the_s3_scheme(bucket: Bucket, aws: Integration, key: str) -> None:
    bucket.put(key, key.encode())

    assert open_object(aws, bucket.uri(key)).read_all() == key.encode()


def test_the_urls_of_amazons_own_hosts_reach_the_endpoint_of_the_integration(
    bucket: Bucket, aws: Integration
) -> None:
    bucket.put("a b.txt", b"found")
    path = f"{bucket.prefix}a+b.txt"

    for url in (
        f"https://{bucket.name}.s3.us-east-1.amazonaws.com/{path}",
        f"https://s3.us-east-1.amazonaws.com/{bucket.name}/{path}",
    ):
        assert open_object(aws, url).read_all() == b"found"


def test_a_range_is_read_without_the_rest(bucket: Bucket, s3_integration: Integration) -> None:
    reader = open_object(s3_integration, bucket.put("digits", b"0123456789"))

    assert reader.size == 10
    assert reader.read(0, 3) == b"012"
    assert reader.read(7, 100) == b"789"
    assert reader.read(10, 5) == b""


def test_an_empty_object_can_be_opened_and_read(bucket: Bucket, s3_integration: Integration) -> None:
    reader = open_object(s3_integration, bucket.put("empty", b""))

    assert (reader.size, reader.read(0, 10), reader.read_all()) == (0, b"", b"")


def test_a_missing_object_is_unreadable(bucket: Bucket, s3_integration: Integration) -> None:
    with pytest.raises(ObjectUnreadable, match="does not exist") as failure:
        open_object(s3_integration, bucket.url("nowhere.mp4"))

    assert failure.value.url == bucket.url("nowhere.mp4")


def test_an_object_that_goes_away_is_unreadable_from_then_on(
    bucket: Bucket, s3_integration: Integration
) -> None:
    reader = open_object(s3_integration, bucket.put("soon-gone", b"0123456789"))
    bucket.delete("soon-gone")

    with pytest.raises(ObjectUnreadable, match="does not exist"):
        reader.read(0, 4)


@pytest.mark.parametrize(
    "changed",
    [{"secret_access_key": SecretStr("wrong-secret")}, {"anonymous": True}, {"secret_access_key": None}],
)
def test_without_the_right_key_an_object_is_denied_and_no_secret_is_told(
    bucket: Bucket, s3_integration: Integration, changed: dict[str, object]
) -> None:
    stranger = s3_integration.model_copy(update=changed)
    url = bucket.put("private.mp4", b"private")

    with pytest.raises(ObjectUnreadable, match="denied") as failure:
        open_object(stranger, url)

    assert "wrong-secret" not in str(failure.value)


def test_the_credentials_of_the_environment_are_not_borrowed(
    bucket: Bucket, bucket_server: BucketServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", bucket_server.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", bucket_server.secret_access_key)
    bare = Integration(title="bare", kind="s3-compatible", endpoint=bucket_server.endpoint)

    with pytest.raises(ObjectUnreadable, match="denied"):
        open_object(bare, bucket.put("private.mp4", b"private"))


def test_the_endpoint_of_the_environment_is_not_followed(
    bucket: Bucket, s3_integration: Integration, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = bucket.put("mine.mp4", b"mine")
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of someone else")
    fresh = s3_integration.model_copy(update={"title": "not connected before"})

    assert open_object(fresh, url).read_all() == b"mine"


def test_a_bucket_is_no_object(bucket: Bucket, s3_integration: Integration) -> None:
    with pytest.raises(ObjectUnreadable, match="names a bucket"):
        open_object(s3_integration, f"{bucket.server.endpoint}/{bucket.name}/")


def test_a_key_with_an_empty_segment_is_unreadable_with_that_reason(
    bucket: Bucket, s3_integration: Integration
) -> None:
    with pytest.raises(ObjectUnreadable, match="empty"):
        open_object(s3_integration, bucket.url("a//b.mp4"))


def test_a_server_that_is_not_there_is_unreadable(free_port: int) -> None:
    gone = Integration(title="gone", kind="s3-compatible", endpoint=f"http://127.0.0.1:{free_port}")

    with pytest.raises(ObjectUnreadable, match="could not be reached"):
        open_object(gone, f"http://127.0.0.1:{free_port}/bucket/key")


def test_a_prefix_lists_urls_that_open(bucket: Bucket, s3_integration: Integration) -> None:
    put = {bucket.put(f"synced/{key}", b"x") for key in ODD_KEYS}
    bucket.put("synced-not/other.mp4", b"x")

    found = [found.url for found in list_objects(s3_integration, bucket.url("synced/"))]

    assert {open_object(s3_integration, url).read_all() for url in found} == {b"x"}
    assert len(found) == len(put)


def test_a_prefix_lists_empty_objects_and_no_empty_directories(
    bucket: Bucket, s3_integration: Integration
) -> None:
    url = bucket.put("synced/empty.txt", b"")
    amazon = boto3.client(
        "s3",
        endpoint_url=bucket.server.endpoint,
        region_name=bucket.server.region,
        aws_access_key_id=bucket.server.access_key_id,
        aws_secret_access_key=bucket.server.secret_access_key,
    )
    amazon.put_object(Bucket=bucket.name, Key=f"{bucket.prefix}synced/directory/")

    assert [found.url for found in list_objects(s3_integration, bucket.url("synced/"))] == [url]


def test_a_prefix_behind_the_s3_scheme_lists_raw_keys(bucket: Bucket, aws: Integration) -> None:
    bucket.put("synced/żółw+1.mp4", b"x")

    assert [found.url for found in list_objects(aws, bucket.uri("synced"))] == [
        bucket.uri("synced/żółw+1.mp4")
    ]


def test_a_listed_object_changes_its_tag_when_it_changes(bucket: Bucket, s3_integration: Integration) -> None:
    def tag() -> str | None:
        (found,) = list_objects(s3_integration, bucket.url("synced/"))
        return found.e_tag

    bucket.put("synced/a.txt", b"first")
    first = tag()
    bucket.put("synced/a.txt", b"second")

    assert first is not None
    assert first != tag()


def test_a_signed_url_needs_no_credentials(bucket: Bucket, s3_integration: Integration) -> None:
    url = bucket.put("with space+plus.mp4", b"for everyone")

    signed = sign_url(s3_integration, url, timedelta(minutes=5))

    assert httpx.get(signed).content == b"for everyone"


def test_a_signed_url_can_be_registered_directly(bucket: Bucket, s3_integration: Integration) -> None:
    direct = Integration(title="direct", kind="direct")
    url = bucket.put("digits", b"0123456789")
    signed = sign_url(s3_integration, url, timedelta(minutes=5))

    reader = open_object(direct, signed)

    assert (reader.size, reader.read(2, 3), reader.read_all()) == (10, b"234", b"0123456789")
    assert sign_url(direct, signed, timedelta(minutes=5)) == signed


def test_a_sas_token_signs_by_being_added() -> None:
    azure = Integration(title="azure", kind="azure", account_name="acme", sas_token=SecretStr("?sig=abc"))
    url = "https://acme.blob.core.windows.net/fleet/a.mp4"

    assert sign_url(azure, url, timedelta(minutes=5)) == f"{url}?sig=abc"


def test_credentials_that_cannot_sign_say_so() -> None:
    google = Integration(title="google", kind="gcs", anonymous=True, endpoint="http://127.0.0.1:1")

    with pytest.raises(ObjectUnreadable, match="cannot sign"):
        sign_url(google, "gs://fleet/a.mp4", timedelta(minutes=5))

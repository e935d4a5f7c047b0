"""Addresses: which URL means which key, by storage."""

import string
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encord_provider.sandbox.cloud import Integration, ObjectUnreadable
from encord_provider.sandbox.cloud.address import Address, address_of

S3 = Integration(title="s3", kind="s3")
COMPATIBLE = Integration(title="obs", kind="s3-compatible", endpoint="https://obs.eu-de.otc.t-systems.com/")
LOCAL = Integration(title="local", kind="s3-compatible", endpoint="http://127.0.0.1:8333")
GCS = Integration(title="gcs", kind="gcs")
AZURE = Integration(title="azure", kind="azure", account_name="acme")
AZURITE = Integration(
    title="azurite", kind="azure", account_name="devstoreaccount1", endpoint="http://127.0.0.1:10000"
)


@pytest.mark.parametrize(
    ("integration", "url", "bucket", "key", "region"),
    [
        (S3, "https://fleet.s3.eu-west-1.amazonaws.com/a/b.mp4", "fleet", "a/b.mp4", "eu-west-1"),
        (S3, "https://fl.eet.s3.eu-west-1.amazonaws.com/b.mp4", "fl.eet", "b.mp4", "eu-west-1"),
        (S3, "https://s3.eu-west-1.amazonaws.com/fleet/a/b.mp4", "fleet", "a/b.mp4", "eu-west-1"),
        (S3, "https://fleet.s3.amazonaws.com/a/b.mp4", "fleet", "a/b.mp4", None),
        (S3, "https://fleet.s3-eu-west-1.amazonaws.com/b.mp4", "fleet", "b.mp4", "eu-west-1"),
        (
            S3,
            "https://fleet.s3.eu-west-1.amazonaws.com/1+(32)%20%2B%C3%BC.jpg",
            "fleet",
            "1 (32) +ü.jpg",
            "eu-west-1",
        ),
        (S3, "s3://fleet/a/b.mp4", "fleet", "a/b.mp4", None),
        (S3, "S3://fleet/a+b%20c#d?e", "fleet", "a+b%20c#d?e", None),
        (COMPATIBLE, "https://obs.eu-de.otc.t-systems.com/fleet/a/b.mp4", "fleet", "a/b.mp4", None),
        (COMPATIBLE, "https://fleet.obs.eu-de.otc.t-systems.com/a+b%2Bc.mp4", "fleet", "a b+c.mp4", None),
        (LOCAL, "http://127.0.0.1:8333/fleet/a%20b%23%3F%2525.mp4", "fleet", "a b#?%25.mp4", None),
        (GCS, "gs://fleet/a+b%20c.mp4", "fleet", "a+b%20c.mp4", None),
        (GCS, "https://storage.cloud.google.com/fleet/a+b%20c.mp4", "fleet", "a+b c.mp4", None),
        (AZURE, "https://acme.blob.core.windows.net/b.mp4", "$root", "b.mp4", None),
        (AZURE, "https://acme.blob.core.windows.net/fleet/b.mp4", "fleet", "b.mp4", None),
        (AZURE, "https://acme.blob.core.windows.net/fleet/a/b+c%20d.mp4", "fleet", "a/b+c d.mp4", None),
        (AZURITE, "http://127.0.0.1:10000/devstoreaccount1/fleet/a/b.mp4", "fleet", "a/b.mp4", None),
    ],
)
def test_each_documented_form_is_understood(
    integration: Integration, url: str, bucket: str, key: str, region: str | None
) -> None:
    assert address_of(integration, url) == Address(bucket, key, region)


@pytest.mark.parametrize(
    ("integration", "url"),
    [
        (S3, "gs://fleet/a.mp4"),
        (S3, "https://storage.cloud.google.com/fleet/a.mp4"),
        (S3, "https://fleet.s3.eu-west-1.amazonaws.com.example.org/a.mp4"),
        (S3, "https://127.0.0.1:8333/fleet/a.mp4"),
        (LOCAL, "s3://fleet/a.mp4"),
        (LOCAL, "http://127.0.0.1:83339/fleet/a.mp4"),
        (LOCAL, "https://127.0.0.1:8333/fleet/a.mp4"),
        (GCS, "s3://fleet/a.mp4"),
        (GCS, "http://storage.cloud.google.com/fleet/a.mp4"),
        (AZURE, "https://other.blob.core.windows.net/fleet/a.mp4"),
        (AZURITE, "http://127.0.0.1:10000/other/fleet/a.mp4"),
        (S3, "not-a-url"),
        (S3, "ftp://fleet.s3.eu-west-1.amazonaws.com/a.mp4"),
        (S3, "https:///a.mp4"),
        (GCS, "gs:///a.mp4"),
        (S3, "https://[::1/a.mp4"),
    ],
)
def test_a_url_of_another_storage_is_refused(integration: Integration, url: str) -> None:
    with pytest.raises(ObjectUnreadable) as failure:
        address_of(integration, url)

    assert failure.value.url == url


@pytest.mark.parametrize(
    "url", ["s3://fleet/a b.mp4", "s3://fleet/a\tb.mp4", " s3://fleet/a.mp4", "s3://fleet/a.mp4\n"]
)
def test_raw_whitespace_is_refused(url: str) -> None:
    with pytest.raises(ObjectUnreadable, match="whitespace"):
        address_of(S3, url)


@given(key=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_percent_encoded_key_is_itself_again_on_every_storage(key: str) -> None:
    path = quote(key, safe="/")

    assert address_of(S3, f"https://fleet.s3.eu-west-1.amazonaws.com/{path}").key == key
    assert address_of(LOCAL, f"http://127.0.0.1:8333/fleet/{path}").key == key
    assert address_of(GCS, f"https://storage.cloud.google.com/fleet/{path}").key == key
    assert address_of(AZURE, f"https://acme.blob.core.windows.net/fleet/{path}").key == key


@given(
    key=st.text(
        st.sampled_from(string.ascii_letters + string.digits + string.punctuation + "äß東"), min_size=1
    )
)
def test_a_key_in_a_storage_scheme_is_raw(key: str) -> None:
    assert address_of(S3, f"s3://fleet/{key}").key == key
    assert address_of(GCS, f"gs://fleet/{key}").key == key

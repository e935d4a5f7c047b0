"""One spelling for the URL of an object."""

import pytest

from encord_provider.manifest.urls import azure_url, gcs_url, s3_url


def test_a_bucket_on_aws_is_spelled_virtual_hosted() -> None:
    assert (
        s3_url("fleet", "a/b.mp4", region="eu-west-1") == "https://fleet.s3.eu-west-1.amazonaws.com/a/b.mp4"
    )


def test_a_bucket_with_dots_is_spelled_path_style_since_no_certificate_covers_it() -> None:
    url = s3_url("fleet.cams", "a.mp4", region="eu-west-1")

    assert url == "https://s3.eu-west-1.amazonaws.com/fleet.cams/a.mp4"


def test_a_bucket_on_another_endpoint_is_spelled_path_style() -> None:
    url = s3_url("fleet", "a.mp4", region="eu-central-1", endpoint="https://s3.example.com:9000/")

    assert url == "https://s3.example.com:9000/fleet/a.mp4"


@pytest.mark.parametrize(
    ("bucket", "url"),
    [
        ("fleet", "https://fleet.obs.eu-de.otc.t-systems.com/a%20b.mp4"),
        ("fleet.cams", "https://obs.eu-de.otc.t-systems.com/fleet.cams/a%20b.mp4"),
    ],
)
def test_a_bucket_on_open_telekom_cloud_is_spelled_virtual_hosted_unless_it_has_dots(
    bucket: str, url: str
) -> None:
    endpoint = "https://obs.eu-de.otc.t-systems.com/"

    assert s3_url(bucket, "a b.mp4", region="eu-de", endpoint=endpoint) == url


def test_an_object_of_google_is_spelled_so_that_its_key_may_hold_white_space() -> None:
    assert gcs_url("fleet", "a b/ż#1.mp4") == "https://storage.cloud.google.com/fleet/a%20b/%C5%BC%231.mp4"


@pytest.mark.parametrize(
    ("account", "container", "url"),
    [
        ("https://acme.blob.core.windows.net", "fleet", "https://acme.blob.core.windows.net/fleet/a%20b.mp4"),
        ("https://acme.blob.core.windows.net/", "$root", "https://acme.blob.core.windows.net/a%20b.mp4"),
        (
            "http://127.0.0.1:10000/devstoreaccount1",
            "fleet",
            "http://127.0.0.1:10000/devstoreaccount1/fleet/a%20b.mp4",
        ),
    ],
)
def test_a_blob_is_spelled_below_its_account_and_container(account: str, container: str, url: str) -> None:
    assert azure_url(account, container, "a b.mp4") == url


def test_a_bucket_in_china_is_spelled_with_the_domain_of_its_partition() -> None:
    assert (
        s3_url("fleet", "a.mp4", region="cn-north-1") == "https://fleet.s3.cn-north-1.amazonaws.com.cn/a.mp4"
    )


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("night shift.mp4", "night%20shift.mp4"),
        ("1+1.mp4", "1%2B1.mp4"),
        ("100%.mp4", "100%25.mp4"),
        ("a%20b.mp4", "a%2520b.mp4"),
        ("who?.mp4", "who%3F.mp4"),
        ("a#b.mp4", "a%23b.mp4"),
        ("żółw.mp4", "%C5%BC%C3%B3%C5%82w.mp4"),
        ("a//b.mp4", "a//b.mp4"),
        ("/a.mp4", "/a.mp4"),
        ("~a-b_c.mp4", "~a-b_c.mp4"),
        ("tab\tnewline\n.mp4", "tab%09newline%0A.mp4"),
    ],
)
def test_whatever_else_a_key_holds_is_percent_encoded(key: str, path: str) -> None:
    url = s3_url("fleet", key, region="eu-west-1")

    assert url == f"https://fleet.s3.eu-west-1.amazonaws.com/{path}"

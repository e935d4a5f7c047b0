"""The forms of URLs that Encord documents, taken apart."""

import pytest

from encord_provider.errors import BadUrl
from encord_provider.manifest.object_urls import AZURE_ROOT, ObjectUrl, UrlForm, note_on

ARN = "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap"


@pytest.mark.parametrize(
    ("text", "form", "bucket", "key"),
    [
        ("https://b.s3.eu-west-2.amazonaws.com/a/b.mp4", UrlForm.S3_VIRTUAL_HOSTED, "b", "a/b.mp4"),
        ("HTTPS://B.S3.eu-west-2.amazonaws.com/A.mp4", UrlForm.S3_VIRTUAL_HOSTED, "b", "A.mp4"),
        ("https://s3.eu-west-2.amazonaws.com/b/a.mp4", UrlForm.S3_PATH, "b", "a.mp4"),
        ("https://s3.cn-north-1.amazonaws.com.cn/b/a.mp4", UrlForm.S3_PATH, "b", "a.mp4"),
        ("S3://b/a+(1)%20?#.mp4", UrlForm.S3_PROTOCOL, "b", "a+(1)%20?#.mp4"),
        ("s3://b/a.mp4", UrlForm.S3_PROTOCOL, "b", "a.mp4"),
        ("https://b.s3.amazonaws.com/a.mp4", UrlForm.S3_LEGACY, "b", "a.mp4"),
        ("https://s3.amazonaws.com/b/a.mp4", UrlForm.S3_LEGACY, "b", "a.mp4"),
        ("https://s3-eu-west-2.amazonaws.com/b/a.mp4", UrlForm.S3_LEGACY, "b", "a.mp4"),
        ("https://b.s3-eu-west-2.amazonaws.com/a.mp4", UrlForm.S3_LEGACY, "b", "a.mp4"),
        (f"{ARN}/a/b.mp4", UrlForm.S3_ACCESS_POINT, ARN, "a/b.mp4"),
        ("gs://example-url/object.mp4", UrlForm.GCS_PROTOCOL, "example-url", "object.mp4"),
        ("https://storage.cloud.google.com/b/o_1+.jpg", UrlForm.GCS_HTTPS, "b", "o_1+.jpg"),
        ("https://acc.blob.core.windows.net/myblob", UrlForm.AZURE, AZURE_ROOT, "myblob"),
        ("https://acc.blob.core.windows.net/c/myblob.jpg", UrlForm.AZURE, "c", "myblob.jpg"),
        ("https://acc.blob.core.windows.net/c/d/myblob.jpg", UrlForm.AZURE, "c", "d/myblob.jpg"),
        ("https://b.obs.eu-de.otc.t-systems.com/f-0", UrlForm.OBS, "b", "f-0"),
        (
            "https://b.s3.eu-west-2.amazonaws.com/f+1+%2B(32).jpg",
            UrlForm.S3_VIRTUAL_HOSTED,
            "b",
            "f 1 +(32).jpg",
        ),
    ],
)
def test_each_documented_form_is_taken_apart(text: str, form: UrlForm, bucket: str, key: str) -> None:
    url = ObjectUrl.parse(text)

    assert (url.form, url.bucket, url.key) == (form, bucket, key)


def test_a_store_with_the_protocol_of_s3_is_known_by_its_endpoint_alone() -> None:
    text = "https://minio.example.com:9000/b/a.mp4"

    assert ObjectUrl.parse(text, endpoints=["https://minio.example.com:9000/"]).bucket == "b"
    assert ObjectUrl.parse(text) == ObjectUrl(UrlForm.DIRECT, key=text)


@pytest.mark.parametrize(
    "text",
    [
        "https://b.s3.eu-west-2.amazonaws.com/a.mp4?X-Amz-Signature=0",
        "http://b.s3.eu-west-2.amazonaws.com/a.mp4",
        "https://media.example.com/a.mp4",
        "https://b.s3.eu-west-2.amazonaws.com:444/a.mp4",
    ],
)
def test_any_other_url_is_direct_access_and_stays_as_it_is(text: str) -> None:
    url = ObjectUrl.parse(text)

    assert (url.form, url.canonical) == (UrlForm.DIRECT, text)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        (
            "https://b.s3.eu-west-2.amazonaws.com/Light+Environment/1+(32).jpg",
            "https://b.s3.eu-west-2.amazonaws.com/Light%20Environment/1%20%2832%29.jpg",
        ),
        ("https://s3-eu-west-2.amazonaws.com/b/a.jpg", "https://b.s3.eu-west-2.amazonaws.com/a.jpg"),
        ("https://b.s3.amazonaws.com/a(1).jpg", "https://s3.amazonaws.com/b/a%281%29.jpg"),
        ("https://x.y.s3.eu-west-2.amazonaws.com/a", "https://s3.eu-west-2.amazonaws.com/x.y/a"),
        ("S3://b/a.jpg", "s3://b/a.jpg"),
        ("https://acc.blob.core.windows.net/c/a+b.jpg", "https://acc.blob.core.windows.net/c/a%2Bb.jpg"),
    ],
)
def test_spellings_of_one_object_become_one(text: str, canonical: str) -> None:
    assert ObjectUrl.parse(text).canonical == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.mp4",
        "path/to/a.mp4",
        "https://b.s3.eu-west-2.amazonaws.com/a b.mp4",
        "https://b.s3.eu-west-2.amazonaws.com/",
        "https://s3.eu-west-2.amazonaws.com/b",
        "https://acc.blob.core.windows.net/c/",
        "https://b.s3.eu-west-2.amazonaws.com/%FF",
        "https://[::1/a",
        "https://b:port/a",
        "ftp://b/a",
        "gs://b/",
        "\ud800",
        "https://b/\ud800",
    ],
)
def test_what_is_no_url_of_an_object_is_refused(text: str) -> None:
    with pytest.raises(BadUrl):
        ObjectUrl.parse(text)


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        ("https://b.s3.amazonaws.com/a", True),
        ("https://s3-eu-west-2.amazonaws.com/b/a", True),
        ("path/to/a", True),
        ("https://b.s3.eu-west-2.amazonaws.com/a", False),
        ("https://s3.eu-west-2.amazonaws.com/b/a", False),
        ("https://media.example.com/a", False),
        (f"{ARN}/a", False),
        ("gs://b/a", False),
    ],
)
def test_what_is_deprecated_or_unknown_is_noted_without_taking_it_apart(text: str, noted: bool) -> None:  # noqa: FBT001 - a column
    assert (note_on(text) is not None) is noted
    if noted and "://" in text:
        assert ObjectUrl.parse(text).is_deprecated

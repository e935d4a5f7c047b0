"""Key ⇄ URL, in every form in which a store can be addressed."""

import contextlib

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from encord_provider.errors import BadUrl
from encord_provider.manifest.object_urls import AZURE_ROOT, ObjectUrl, UrlForm
from tests.property.strategies import keys

AZURE = "https://fleet.blob.core.windows.net"
OBS = "https://obs.eu-de.otc.t-systems.com"
MINIO = "https://minio.example.com:9000"
ARN = "arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap"

ENCODED = [
    (UrlForm.S3_VIRTUAL_HOSTED, "fleet", "eu-west-1"),
    (UrlForm.S3_VIRTUAL_HOSTED, "fleet", "cn-north-1"),
    (UrlForm.S3_VIRTUAL_HOSTED, "fleet", "us-gov-west-1"),
    (UrlForm.S3_PATH, "fleet", "eu-west-1"),
    (UrlForm.S3_PATH, "fleet.cams", "cn-north-1"),
    (UrlForm.S3_COMPATIBLE, "fleet", MINIO),
    (UrlForm.OBS, "fleet", OBS),
    (UrlForm.S3_LEGACY, "fleet", ""),
    (UrlForm.GCS_HTTPS, "fleet", ""),
    (UrlForm.AZURE, "fleet", AZURE),
]

RAW = [(UrlForm.S3_PROTOCOL, "fleet"), (UrlForm.GCS_PROTOCOL, "fleet"), (UrlForm.S3_ACCESS_POINT, ARN)]


@pytest.mark.parametrize(("form", "bucket", "host"), ENCODED)
@given(key=keys)
@example(key="+ +%20%%2B?#&=;:@\\^`{|}<>\"'")
@example(key="a//b/../c/./d/")
@example(key="/begins//with/a slash")
@example(key="cafe\u0301 🐢.jpg")
def test_any_key_is_read_back_from_its_url(form: UrlForm, bucket: str, host: str, key: str) -> None:
    assume(key)
    url = ObjectUrl(form, bucket, key, host)

    assert ObjectUrl.parse(url.canonical, endpoints=[MINIO]) == url


@pytest.mark.parametrize(("form", "bucket"), RAW)
@given(key=keys)
def test_a_key_stands_raw_where_a_protocol_says_so_unless_it_has_white_space(
    form: UrlForm, bucket: str, key: str
) -> None:
    assume(key)
    url = ObjectUrl(form, bucket, key)

    if any(character.isspace() for character in key):
        with pytest.raises(BadUrl):
            ObjectUrl.parse(url.canonical)
    else:
        assert ObjectUrl.parse(url.canonical) == url


@given(key=keys.filter(lambda key: key and "/" not in key))
def test_a_blob_of_the_root_container_is_at_the_root(key: str) -> None:
    url = ObjectUrl(UrlForm.AZURE, AZURE_ROOT, key, AZURE)

    assert url.canonical.count("/") == 3
    assert ObjectUrl.parse(url.canonical) == url


@given(text=st.text())
def test_any_text_is_a_url_or_a_typed_error(text: str) -> None:
    with contextlib.suppress(BadUrl):
        url = ObjectUrl.parse(text)
        assert ObjectUrl.parse(url.canonical).canonical == url.canonical


@given(
    tail=st.text(alphabet="ab%2F0./+?#-_é&=", max_size=20),
    head=st.sampled_from(
        [
            "https://fleet.s3.eu-west-1.amazonaws.com/",
            "https://s3.eu-west-1.amazonaws.com/",
            "https://s3.amazonaws.com/b/",
            f"{AZURE}/",
            "https://storage.cloud.google.com/b/",
            "s3://b/",
            f"{ARN}/",
        ]
    ),
)
def test_the_canonical_spelling_of_a_canonical_spelling_is_itself(head: str, tail: str) -> None:
    try:
        url = ObjectUrl.parse(head + tail)
    except BadUrl:
        return
    again = ObjectUrl.parse(url.canonical)

    assert (again.bucket, again.key, again.canonical) == (url.bucket, url.key, url.canonical)

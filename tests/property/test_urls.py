"""A key and its URL are the same thing in two spellings."""

import re
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from encord_provider.manifest.urls import s3_url
from tests.property.strategies import keys


@pytest.mark.parametrize(
    ("bucket", "endpoint", "path"),
    [
        ("fleet", None, "/"),
        ("fleet.cams", None, "/fleet.cams/"),
        ("fleet", "http://127.0.0.1:8333", "/fleet/"),
    ],
)
@given(key=keys)
@example(key="+ +%20%%2B?#&=;:@\\^`{|}<>\"'")
@example(key="a//b/../c/./d/")
@example(key="\t\n\r\x0b\x0c\x85\u2028\ufeff")
def test_any_key_is_read_back_from_its_url(key: str, bucket: str, endpoint: str | None, path: str) -> None:
    url = s3_url(bucket, key, region="eu-west-1", endpoint=endpoint)

    assert unquote(urlsplit(url).path, errors="strict") == path + key
    assert (urlsplit(url).query, urlsplit(url).fragment) == ("", "")


@given(key=keys)
def test_a_url_holds_no_white_space_and_nothing_beyond_ascii(key: str) -> None:
    url = s3_url("fleet", key, region="eu-west-1")

    assert url.isascii()
    assert not re.search(r"\s|\+", url)
    assert all(character.isprintable() for character in url)


@given(one=keys, other=keys)
def test_two_keys_never_have_one_url(one: str, other: str) -> None:
    urls = {s3_url("fleet", key, region="eu-west-1") for key in (one, other)}

    assert len(urls) == len({one, other})


@given(st.binary(max_size=40))
def test_every_byte_that_a_key_can_hold_survives(content: bytes) -> None:
    key = content.decode("utf-8", errors="ignore")

    url = s3_url("fleet", key, region="eu-west-1")

    assert unquote(urlsplit(url).path[1:], errors="strict").encode() == key.encode()

"""Bucket URIs, taken apart."""

import pytest

from encord_provider.buckets.location import Location
from encord_provider.errors import BadSource


@pytest.mark.parametrize(
    ("uri", "location"),
    [
        ("s3://fleet", Location("s3", "fleet", "")),
        ("s3://fleet/", Location("s3", "fleet", "")),
        ("s3://fleet/2026/cam-", Location("s3", "fleet", "2026/cam-")),
        ("S3://fleet/A", Location("s3", "fleet", "A")),
        ("s3://fleet//a", Location("s3", "fleet", "/a")),
        ("s3://fleet/a?b#c%20d e", Location("s3", "fleet", "a?b#c%20d e")),
        ("gs://fleet/2026/cam-", Location("gs", "fleet", "2026/cam-")),
        ("gs://fleet/a?b#c%20d e", Location("gs", "fleet", "a?b#c%20d e")),
        ("az://fleet/2026/", Location("az", "fleet", "2026/")),
        ("az://$root/a b.mp4", Location("az", "$root", "a b.mp4")),
        ("file:///data/fleet/", Location("file", "/data/fleet", "")),
        ("file:///data/fleet", Location("file", "/data", "fleet")),
        ("file:///data/a%20b%3F/", Location("file", "/data/a b?", "")),
        ("file:///", Location("file", "/", "")),
    ],
)
def test_a_uri_is_a_bucket_and_a_path(uri: str, location: Location) -> None:
    assert Location.parse(uri) == location


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "fleet",
        "/data/fleet",
        "s3:/fleet",
        "s3://",
        "s3:///a",
        "ftp://fleet/",
        "https://fleet.s3.amazonaws.com/",
        "file://relative/a",
        "file:///data/what?/a",
        "file:///data/a#b/",
    ],
)
def test_what_cannot_be_read_is_refused_by_name(uri: str) -> None:
    with pytest.raises(BadSource) as caught:
        Location.parse(uri)

    assert caught.value.source == uri


def test_a_scheme_that_is_not_read_is_answered_with_those_that_are() -> None:
    with pytest.raises(BadSource, match=r"s3://, gs://, az://, file://"):
        Location.parse("ftp://fleet/")


@pytest.mark.parametrize(
    "location",
    [
        Location("s3", "fleet", "a?b#c%20 d"),
        Location("s3", "fleet", ""),
        Location("s3", "fleet", "/a"),
        Location("gs", "fleet", "a?b#c%20 d"),
        Location("az", "$root", "a?b#c%20 d"),
        Location("file", "/data/100% of #1?", "a b+é"),
        Location("file", "/data", ""),
        Location("file", "/", "a"),
        Location("file", "/", ""),
    ],
)
def test_a_location_is_spelled_so_that_it_is_read_back(location: Location) -> None:
    assert Location.parse(str(location)) == location

"""Titles and identities of units."""

import pytest

from encord_provider.sandbox.kinds import Kind
from encord_provider.sandbox.units import Part, Unit, default_title, file_name


@pytest.mark.parametrize(
    ("url", "title", "name"),
    [
        (
            "https://encord-solutions-bucket.s3.eu-west-2.amazonaws.com/path/to/my/bucket/video23.mp4",
            "/path/to/my/bucket/video23.mp4",
            "video23.mp4",
        ),
        ("https://h/a/b%20c.png?signature=x#part", "/a/b%20c.png", "b c.png"),
        ("s3://bucket/odd/#1?%20.png", "/odd/#1?%20.png", "#1?%20.png"),
        ("gs://bucket/a.png", "/a.png", "a.png"),
        ("key-alone", "key-alone", "key-alone"),
    ],
)
def test_the_default_title_is_path_and_name(url: str, title: str, name: str) -> None:
    assert default_title(url) == title
    assert file_name(url) == name


def test_a_single_file_is_its_url() -> None:
    assert (
        Unit(Kind.IMAGE, (Part("u"),)).identity == Unit(Kind.VIDEO, (Part("u"),), title="t").identity == "u"
    )


def test_a_group_is_all_its_urls_in_order() -> None:
    group = Unit(Kind.IMG_GROUP, (Part("a"), Part("b")))
    assert group.identity == Unit(Kind.IMG_GROUP, (Part("a"), Part("b")), title="other").identity
    others = [
        Unit(Kind.IMG_GROUP, (Part("b"), Part("a"))),
        Unit(Kind.IMG_GROUP, (Part("a"),)),
        Unit(Kind.IMG_GROUP, (Part("a"), Part("b")), create_video=True),
        Unit(Kind.DICOM, (Part("a"), Part("b"))),
        Unit(Kind.IMAGE, (Part("a"),)),
    ]
    assert group.identity not in {other.identity for other in others}

"""One key in a bucket at one version."""

from tests.unit.manifest.listed import listed


def test_two_versions_of_one_key_are_two_objects() -> None:
    assert len({listed("a.mp4", "1"), listed("a.mp4", "2"), listed("a.mp4", "1")}) == 2

"""A directory on this machine as a bucket."""

import os
from pathlib import Path

import pytest

from encord_provider.buckets.bucket import Bucket
from encord_provider.buckets.directory import directory_bucket
from encord_provider.errors import BadSource, NotFound


def keys(bucket: Bucket, prefix: str = "") -> list[str]:
    """Return the keys that begin with *prefix*, in order."""
    return sorted(obj.key for page in bucket.pages(prefix) for obj in page)


def test_a_directory_that_is_absent_is_made(tmp_path: Path) -> None:
    bucket = directory_bucket(str(tmp_path / "new" / "one"))

    assert keys(bucket) == []
    assert (tmp_path / "new" / "one").is_dir()


def test_files_at_any_depth_are_objects_and_directories_are_not(directory: Path) -> None:
    (directory / "deep" / "er").mkdir(parents=True)
    (directory / "empty").mkdir()
    (directory / "deep" / "er" / "a.mp4").write_bytes(b"abc")
    (directory / "b.mp4").write_bytes(b"")

    found = {obj.key: obj.size for page in directory_bucket(str(directory)).pages() for obj in page}

    assert found == {"deep/er/a.mp4": 3, "b.mp4": 0}


@pytest.mark.parametrize(
    "name",
    [
        "a b.mp4",
        "1+1.mp4",
        "a#b.mp4",
        "100%.mp4",
        "a%20b.mp4",
        "who?.mp4",
        "żółw.mp4",
        ".hidden",
        "~a",
        "a\\b",
    ],
)
def test_the_url_of_a_file_leads_back_to_it_whatever_its_name(directory: Path, name: str) -> None:
    (directory / name).write_bytes(b"x")

    ((obj,),) = directory_bucket(str(directory)).pages()

    assert (obj.key, obj.url) == (name, (directory / name).as_uri())
    assert " " not in obj.url


def test_the_version_of_a_file_changes_when_it_is_written_again(directory: Path) -> None:
    bucket = directory_bucket(str(directory))
    versions = []
    for content in (b"one", b"other"):
        (directory / "a.mp4").write_bytes(content)
        versions += [obj.version for page in bucket.pages() for obj in page]

    assert len(set(versions)) == 2
    assert [obj.version for page in bucket.pages() for obj in page] == versions[1:]


def test_a_prefix_need_not_end_at_a_directory(directory: Path) -> None:
    (directory / "2026").mkdir()
    for name in ("cam-1.mp4", "cam-2.mp4", "dash.mp4"):
        (directory / "2026" / name).write_bytes(b"x")
    bucket = directory_bucket(str(directory))

    assert keys(bucket, "2026/cam-") == ["2026/cam-1.mp4", "2026/cam-2.mp4"]
    assert keys(bucket, "20") == keys(bucket, "2026/") == keys(bucket)
    assert keys(bucket, "2027/") == []


@pytest.mark.parametrize("name", [b"line\nbreak.mp4", b"\xff\xfe.mp4"])
def test_a_name_that_cannot_be_a_key_is_named_as_the_fault_it_is(directory: Path, name: bytes) -> None:
    with open(os.path.join(os.fsencode(directory), name), "wb"):  # noqa: PTH123, PTH118 - pathlib takes no bytes
        pass

    with pytest.raises(BadSource, match=r"line|FF"):
        keys(directory_bucket(str(directory)))


def test_an_object_that_is_absent_is_said_to_be(directory: Path) -> None:
    with pytest.raises(NotFound, match=r"no object 'file:///.*/absent\.json'"):
        directory_bucket(str(directory)).read("absent.json")


def test_small_files_are_written_whole_and_read_back(directory: Path) -> None:
    bucket = directory_bucket(str(directory))

    bucket.write("manifests/a b.json", b"one")
    bucket.write("manifests/a b.json", b"another")

    assert bucket.read("manifests/a b.json") == b"another"
    assert (directory / "manifests" / "a b.json").read_bytes() == b"another"


def test_a_range_is_cut_off_at_the_end_of_the_file(directory: Path) -> None:
    bucket = directory_bucket(str(directory))
    bucket.write("a", b"0123456789")

    assert bucket.read_range("a", 2, 3) == b"234"
    assert bucket.read_range("a", 8, 100) == b"89"
    assert bucket.read_range("a", 10, 1) == b""

"""What a bucket must be on every cloud: one contract, kept on a real server of each."""

import gzip
import json
import logging
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from encord_provider.buckets import bucket as bucket_module
from encord_provider.buckets.bucket import PAGE
from encord_provider.buckets.checkpoint import Checkpoint
from encord_provider.errors import BadConnection, FailNow, NotFound
from encord_provider.hooks.buckets import open_source, open_storage
from encord_provider.manifest.objects import BucketObject
from encord_provider.sandbox.cloud import open_object
from tests.clouds.cloud import CONTRACT, Cloud, Place

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


def listed(place: Place, prefix: str = "") -> list[BucketObject]:
    """List what is under a prefix of the test's place, as the provider does."""
    source = open_source(place.uri(prefix))
    return [obj for page in source.bucket.pages(source.prefix) for obj in page]


def keys(place: Place, prefix: str = "") -> list[str]:
    """Return the keys under a prefix of the test's place, without the place's own."""
    return sorted(obj.key.removeprefix(place.prefix) for obj in listed(place, prefix))


def test_a_listing_tells_of_each_object_what_the_ledger_keeps(place: Place) -> None:
    place.put("a.mp4", b"abc")

    (obj,) = listed(place)

    assert (obj.key, obj.url, obj.size) == (place.prefix + "a.mp4", place.url("a.mp4"), 3)
    assert obj.version
    assert '"' not in obj.version
    assert datetime.now(UTC) - obj.last_modified < timedelta(minutes=5)


@pytest.mark.parametrize("key", ODD_KEYS)
def test_an_odd_key_is_listed_read_and_spelled_so_that_encord_finds_it(place: Place, key: str) -> None:
    place.put(key, key.encode())

    (obj,) = listed(place)

    assert obj.url == place.url(key)
    assert obj.url.isascii()
    assert open_source(place.uri()).bucket.read(obj.key) == key.encode()
    assert open_object(place.cloud.integration, obj.url).read_all() == key.encode()


def test_a_listing_of_several_pages_is_whole(place: Place) -> None:
    store, names = place.cloud.store(CONTRACT), [f"{n:04}" for n in range(PAGE + 5)]
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda name: store.put(place.prefix + name, b"x"), names))

    source = open_source(place.uri())
    pages = [len(page) for page in source.bucket.pages(source.prefix)]

    assert sum(pages) == PAGE + 5
    assert max(pages) <= PAGE
    assert keys(place) == names


@pytest.fixture
def many(place: Place, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Put objects there whose keys are bunched up, and among which the orders of stores differ; make pages small."""
    monkeypatch.setattr(bucket_module, "PAGE", 10)
    numbered = [f"cam/clip_{n:06}.mp4" for n in range(150)]
    dated = [f"2026/01/{n % 3:02}/{n:03}.jpg" for n in range(60)]
    odd = [
        f"{a}{b}{n}"
        for a in ("x/", "x-", "x!", "é", "\ue000", "\U0001f422")
        for b in ("", "~")
        for n in range(4)
    ]
    store, names = place.cloud.store(CONTRACT), [*numbered, *dated, *odd]
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda name: store.put(place.prefix + name, b"x"), names))
    return sorted(names)


@pytest.mark.parametrize("walks", [1, 2, 8])
def test_a_listing_of_several_ranges_at_a_time_is_the_listing_of_one(
    place: Place, many: list[str], walks: int
) -> None:
    source = open_source(place.uri())

    found = [obj for page in source.bucket.listing(source.prefix, walks=walks) for obj in page]

    assert sorted(obj.key.removeprefix(place.prefix) for obj in found) == many
    assert keys(place, "cam/clip_0001") == [key for key in many if key.startswith("cam/clip_0001")]


@pytest.mark.parametrize("pages", [0, 1, 7, 20])
def test_a_listing_that_was_killed_goes_on_where_it_stood(place: Place, many: list[str], pages: int) -> None:
    source = open_source(place.uri())
    killed = source.bucket.listing(source.prefix)
    before = [obj for page in islice(killed, pages) for obj in page]
    assert killed.checkpoint
    since = Checkpoint.from_json(killed.checkpoint.to_json())

    resumed = open_source(place.uri()).bucket.listing(source.prefix, since=since)
    after = [obj for page in resumed for obj in page]

    assert sorted(obj.key.removeprefix(place.prefix) for obj in [*before, *after]) == many
    assert resumed.checkpoint
    assert resumed.checkpoint.done


def test_an_object_that_is_asked_for_is_the_one_that_is_listed_with_its_version(place: Place) -> None:
    place.put("a b.mp4", b"abc")
    (obj,) = listed(place)

    asked = open_source(place.uri()).bucket.head(obj.key)

    assert replace(asked, last_modified=asked.last_modified.replace(microsecond=0)) == replace(
        obj, last_modified=obj.last_modified.replace(microsecond=0)
    )


def test_a_table_of_keys_stands_for_the_listing(place: Place) -> None:
    for key in ODD_KEYS:
        place.put(f"data/{key}", key.encode())
    lines = "".join(f"{json.dumps({'url': place.url(f'data/{key}')})}\n" for key in ODD_KEYS)
    place.put("table.jsonl.gz", gzip.compress(lines.encode()))

    source = open_source(place.uri("data/"), inventory=place.uri("table.jsonl.gz"))
    found = [(obj.key, obj.url, obj.version) for page in source.listing() for obj in page]

    assert sorted(found) == sorted((obj.key, obj.url, obj.version) for obj in listed(place, "data/"))


def test_an_object_that_is_written_again_has_another_version(place: Place) -> None:
    versions = []
    for content in (b"one", b"other"):
        place.put("a.mp4", content)
        versions += [obj.version for obj in listed(place)]

    assert len(set(versions)) == 2


def test_a_prefix_may_end_inside_a_segment(place: Place) -> None:
    for key in ("2026/cam-1/a.mp4", "2026/cam-2/a.mp4", "2026/cab.mp4", "2026/dash/a.mp4"):
        place.put(key, b"x")

    assert keys(place, "2026/cam-") == ["2026/cam-1/a.mp4", "2026/cam-2/a.mp4"]
    assert keys(place, "2026/ca") == ["2026/cab.mp4", "2026/cam-1/a.mp4", "2026/cam-2/a.mp4"]
    assert keys(place, "2026/cam-1/a.mp4") == ["2026/cam-1/a.mp4"]
    assert keys(place, "2027/") == []


def test_markers_of_folders_are_no_objects_and_empty_objects_are(place: Place) -> None:
    for marker in ("folder/", "lonely.mp4/"):
        place.cloud.put_marker(CONTRACT, place.prefix + marker)
    place.put("folder/a.mp4", b"x")
    place.put("empty.mp4", b"")

    assert keys(place) == ["empty.mp4", "folder/a.mp4"]


def test_a_range_is_read_without_the_rest_and_cut_off_at_the_end(place: Place) -> None:
    place.put("digits", b"0123456789")
    bucket = open_source(place.uri()).bucket
    key = place.prefix + "digits"

    assert bucket.read_range(key, 0, 3) == b"012"
    assert bucket.read_range(key, 8, 100) == b"89"
    assert bucket.read_range(key, 10, 1) == b""


def test_a_range_of_a_version_that_was_overwritten_is_not_read(place: Place) -> None:
    place.put("digits", b"0123456789")
    (obj,) = listed(place)
    bucket = open_source(place.uri()).bucket

    assert bucket.read_range(obj.key, 2, 3, obj.version) == b"234"
    assert bucket.read_range(obj.key, 10, 1, obj.version) == b""

    place.put("digits", b"abcdefghij")
    with pytest.raises(NotFound) as caught:
        bucket.read_range(obj.key, 2, 3, obj.version)
    assert caught.value.what == "version"
    assert bucket.read_range(obj.key, 2, 3) == b"cde"


def test_a_small_file_is_written_and_read_back(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__ENCORD__STORAGE", place.uri("kept"))
    storage = open_storage()

    uri = storage.write("manifests/a b.json", b"{}")
    again = storage.write("manifests/a b.json", b"[]")

    assert uri == again == place.uri("kept/manifests/a b.json")
    assert open_storage().read(uri) == b"[]"


def test_an_object_that_is_absent_is_said_to_be(place: Place) -> None:
    bucket = open_source(place.uri()).bucket

    with pytest.raises(NotFound, match=rf"no object '{place.cloud.scheme}://contract/nowhere\.json'"):
        bucket.read("nowhere.json")


def test_a_bucket_that_does_not_exist_is_said_not_to(cloud: Cloud) -> None:
    source = open_source(f"{cloud.scheme}://no-such-bucket/2026/")

    with pytest.raises(NotFound, match=f"no bucket '{cloud.scheme}://no-such-bucket'"):
        list(source.bucket.pages(source.prefix))


@pytest.mark.parametrize("asked", ["list", "read", "range", "write"])
def test_credentials_that_are_refused_are_a_fault_of_the_connection_and_never_shown(
    place: Place, asked: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    place.put("a.mp4", b"x")
    place.cloud.connect(monkeypatch, place.cloud.refused)
    caplog.set_level(logging.DEBUG, "encord_provider")
    source = open_source(place.uri())
    key = place.prefix + "a.mp4"

    attempt: Callable[[], object] = {
        "list": lambda: list(source.bucket.pages(source.prefix)),
        "read": lambda: source.bucket.read(key),
        "range": lambda: source.bucket.read_range(key, 0, 1),
        "write": lambda: source.bucket.write(key, b"y"),
    }[asked]

    with pytest.raises(BadConnection) as caught:
        attempt()

    told = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert caught.value.conn_id == place.cloud.conn_id
    assert not [secret for secret in place.cloud.secrets if secret in told]


def test_a_package_that_is_missing_is_named_by_the_extra_that_brings_it(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra, module = {
        "s3": ("amazon", "airflow.providers.amazon.aws.hooks.s3"),
        "gs": ("google", "airflow.providers.google.common.hooks.base_google"),
        "az": ("microsoft-azure", "airflow.providers.microsoft.azure.hooks.wasb"),
    }[cloud.scheme]
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(FailNow, match=rf"airflow-provider-encord\[{extra}\]"):
        open_source(f"{cloud.scheme}://{CONTRACT}/")

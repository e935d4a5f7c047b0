"""How a listing asks: where several ranges are worth it, no further than it must, and nothing after its end."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import obstore
import pytest
from obstore.store import MemoryStore

from encord_provider.buckets import bucket as bucket_module
from encord_provider.buckets.bucket import Bucket
from encord_provider.buckets.checkpoint import Checkpoint
from encord_provider.buckets.directory import directory_bucket
from encord_provider.buckets.key_order import is_after, just_before
from encord_provider.buckets.listing import Listing
from encord_provider.buckets.split import split_point
from encord_provider.buckets.walk import StorePage
from encord_provider.errors import BadSource, BucketUnavailable
from encord_provider.manifest.objects import BucketObject

DAY = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Numbered:
    """A store of numbered keys that takes a millisecond a page, and counts its pages and who asks at a time."""

    count: int
    page: int = 10
    asked: list[str | None] = field(default_factory=list)
    pages: int = 0
    most_at_a_time: int = 0
    _asking: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, after: str | None) -> Iterator[StorePage]:
        self.asked.append(after)
        keys = [f"clip_{number:06}" for number in range(self.count)]
        following = [key for key in keys if after is None or key > after]
        for start in range(0, len(following), self.page):
            with self._lock:
                self.pages += 1
                self._asking += 1
                self.most_at_a_time = max(self.most_at_a_time, self._asking)
            time.sleep(0.001)
            with self._lock:
                self._asking -= 1
            part = following[start : start + self.page]
            yield StorePage(part, [BucketObject(key, f"s3://fleet/{key}", 1, "1", DAY) for key in part])


def test_one_flat_prefix_is_listed_by_several_requests_at_a_time_and_one_when_told_so() -> None:
    together, alone = Numbered(5000), Numbered(5000)

    list(Listing(together, walks=4))
    list(Listing(alone, walks=1))

    assert together.most_at_a_time == 4
    assert alone.most_at_a_time == 1


def test_a_prefix_of_one_page_costs_one_listing() -> None:
    store = Numbered(10)

    list(Listing(store))

    assert (store.asked, store.pages) == ([None], 1)


@pytest.mark.parametrize("count", [1000, 10_000])
def test_looking_for_places_to_split_costs_a_fraction_of_the_pages(count: int) -> None:
    store = Numbered(count)

    list(Listing(store, walks=8))

    needed = count // store.page
    assert store.pages <= 1.5 * needed
    assert len(store.asked) <= 17 + needed // 2


def test_a_listing_that_is_closed_early_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    pages = iter(Listing(Numbered(5000)))
    next(pages)

    pages.close()  # type: ignore[attr-defined]  # it is a generator

    assert threading.active_count() == before


def test_the_fault_of_one_range_is_raised_and_no_thread_is_left_behind() -> None:
    before = threading.active_count()
    store = Numbered(5000)

    def failing(after: str | None) -> Iterator[StorePage]:
        for page in store(after):
            if page.keys[0] > "clip_003":
                raise BucketUnavailable("s3://fleet", "503")
            yield page

    with pytest.raises(BucketUnavailable, match="503"):
        list(Listing(failing))
    assert threading.active_count() == before


def test_a_checkpoint_is_small_plain_text_and_belongs_to_its_prefix() -> None:
    listing = Listing(Numbered(5000), "clip_")
    list(islice(listing, 100))

    assert listing.checkpoint
    text = listing.checkpoint.to_json()
    assert Checkpoint.from_json(text) == listing.checkpoint
    assert len(text) < 1000
    with pytest.raises(ValueError, match="checkpoint"):
        Listing(Numbered(1), "other", since=listing.checkpoint)


def test_a_directory_has_no_order_and_no_checkpoint(tmp_path: Path) -> None:
    bucket = directory_bucket(str(tmp_path))

    assert bucket.listing().checkpoint is None
    with pytest.raises(ValueError, match="checkpoint"):
        bucket.listing(since=Checkpoint("", ()))


def test_a_prefix_that_no_key_can_have_is_a_fault_of_the_source(tmp_path: Path) -> None:
    bucket = directory_bucket(str(tmp_path))

    with pytest.raises(BadSource, match="empty path segment"):
        list(bucket.pages("a//b/"))


@pytest.mark.parametrize(
    ("prefix", "place"),
    [
        ("2026/cam-", "2026/cam,\ufffd"),
        ("2026/cam_", "2026/cam^\ufffd"),
        ("cam", "cal\ufffd"),
        ("d/2026", "d/2025\ufffd"),
        ("a0", "a-\ufffd"),
        ("2026/", None),
        ("é", None),
        ("", None),
    ],
)
def test_a_prefix_inside_a_name_is_listed_from_just_before_it(prefix: str, place: str | None) -> None:
    assert just_before(prefix) == place


def test_keys_of_which_orders_differ_are_after_nobody() -> None:
    assert is_after("a/c", "a/b")
    assert not is_after("a/b", "a-b")  # a directory before a file, or after it
    assert not is_after("a-b", "a/b")
    assert not is_after("\ue000", "\U00010000")


@pytest.mark.parametrize(
    ("low", "high", "agreed"),
    [
        ("clip_00000999", "clip_\ufffd", 10),
        ("clip_00000999", "\ufffd", 10),
        ("a/1/x", "b/9/x", 2),
        ("a", "z", 0),
    ],
)
def test_a_split_lies_strictly_between(low: str, high: str, agreed: int) -> None:
    point = split_point(low, high, agreed, sorted("abcxyz0123456789"), len(low))

    assert point
    assert low < point < high


def test_where_a_page_may_be_all_that_is_left_nothing_is_split() -> None:
    assert split_point("clip_1", "clip_2", 5, sorted("clip_0123456789"), 6) is None


def test_a_prefix_inside_a_name_is_listed_no_further_than_its_keys_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store, pages = MemoryStore(), []
    for number in range(2000):
        obstore.put(store, f"{number // 100:02}-{number:04}", b"x")
    real = obstore.list

    def seen(*args: Any, **kwargs: Any) -> Iterator[Any]:
        for page in real(*args, **kwargs):
            pages.append(page)
            yield page

    monkeypatch.setattr(obstore, "list", seen)
    monkeypatch.setattr(bucket_module, "PAGE", 50)

    listed = [obj.key for page in Bucket("memory://", store, str).listing("12-", walks=1) for obj in page]

    assert listed == [f"12-{number}" for number in range(1200, 1300)]
    assert [len(page) for page in pages] == [50, 50, 50]  # the third shows that it has ended

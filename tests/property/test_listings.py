"""A listing of several ranges at a time is the sequential listing: nothing is lost, nothing comes twice."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import obstore
import pytest
from hypothesis import given
from hypothesis import strategies as st
from obstore.store import MemoryStore

from encord_provider.buckets import bucket as bucket_module
from encord_provider.buckets.bucket import Bucket
from encord_provider.buckets.checkpoint import Checkpoint
from encord_provider.buckets.key_order import ORDERS
from encord_provider.buckets.listing import Listing
from encord_provider.buckets.walk import StorePage
from encord_provider.errors import BucketUnavailable
from encord_provider.manifest.objects import BucketObject

LONG = "a-very-long-part/that/all/keys/share/" * 20

letters = st.sampled_from("09Aaz!~-_ é東\ud7ff\ue000\ufffd\U00010000🐢\U0010ffff")
"""Characters beside which the orders of stores differ: around the slash, and on both sides of the surrogates."""

names = st.text(letters, min_size=1, max_size=4)
odd_keys = st.lists(names, min_size=1, max_size=4).map("/".join)
numbered = st.integers(0, 9999).map(lambda n: f"clip_{n:08}.mp4")
dated = st.builds(
    lambda d, n: f"2026/01/{d:02}/cam-{n % 7}/{n:05}.jpg", st.integers(1, 28), st.integers(0, 999)
)
skewed = st.one_of(
    numbered, dated, odd_keys, numbered.map(lambda key: LONG + key), st.just("a"), st.just("zz/z")
)
key_sets = st.one_of(
    st.sets(skewed, max_size=120),
    st.sets(numbered, max_size=300),
    st.sets(numbered.map(lambda key: LONG + key), min_size=50, max_size=150),
    st.sets(odd_keys, max_size=100),
)


@dataclass
class Shelf:
    """A store with an order of its own, and how it takes the place where a listing is to begin."""

    keys: set[str]
    order: Callable[[str], Any]
    page: int
    heeds: str = "exclusive"
    requests: int = 0

    def __call__(self, after: str | None) -> Iterator[StorePage]:
        following = (
            self._after(after, inclusive=self.heeds == "inclusive") if self.heeds != "nothing" else None
        )
        while page := (self._after(None) if following is None else following)[: self.page]:
            self.requests += 1
            yield StorePage(page, [an_object(key) for key in page])
            following = self._after(page[-1])  # a token knows its place whatever the store heeds

    def _after(self, place: str | None, *, inclusive: bool = False) -> list[str]:
        """Return what there is now, from a place on."""
        kept = sorted(self.keys, key=self.order)
        if place is None:
            return kept
        return [k for k in kept if self.order(k) > self.order(place) or (inclusive and k == place)]


shelves = st.builds(
    Shelf,
    key_sets,
    st.sampled_from(ORDERS),
    st.integers(1, 9),
    st.sampled_from(["exclusive", "inclusive", "nothing"]),
)


def an_object(key: str) -> BucketObject:
    return BucketObject(key, f"s3://fleet/{key}", 1, "1", datetime(2026, 1, 1, tzinfo=UTC))


def keys_of(pages: Iterator[list[BucketObject]]) -> Counter[str]:
    return Counter(obj.key for page in pages for obj in page)


@given(shelf=shelves, walks=st.integers(1, 5))
def test_a_listing_hands_out_every_key_once_whatever_the_stores_order(shelf: Shelf, walks: int) -> None:
    assert keys_of(iter(Listing(shelf, walks=walks))) == Counter(shelf.keys)


@given(shelf=shelves, walks=st.integers(1, 5), data=st.data())
def test_a_listing_that_is_killed_and_resumed_at_any_page_is_the_listing_that_was_not(
    shelf: Shelf, walks: int, data: st.DataObject
) -> None:
    handed_out: Counter[str] = Counter()
    since: Checkpoint | None = None
    for survives in data.draw(st.lists(st.integers(0, 10), max_size=4)):
        listing = Listing(shelf, walks=walks, since=since)
        pages = iter(listing)
        handed_out += keys_of(islice(pages, survives))
        since = Checkpoint.from_json(listing.checkpoint.to_json()) if listing.checkpoint else None
        pages.close()  # type: ignore[attr-defined]  # it is a generator

    last = Listing(shelf, walks=walks, since=since)
    handed_out += keys_of(iter(last))

    agreed = len({tuple(sorted(shelf.keys, key=order)) for order in ORDERS}) == 1
    if (
        shelf.heeds == "nothing" and not agreed
    ):  # then it cannot be told what came before: better twice than never
        assert set(handed_out) == shelf.keys
    else:
        assert handed_out == Counter(shelf.keys)
    assert last.checkpoint
    assert last.checkpoint.done


@given(shelf=shelves.filter(lambda shelf: shelf.heeds != "nothing"), data=st.data())
def test_what_stays_is_listed_once_while_others_come_and_go(shelf: Shelf, data: st.DataObject) -> None:
    stays = set(shelf.keys)
    passing = data.draw(st.lists(skewed, max_size=20))
    pages = iter(Listing(shelf, walks=4))
    handed_out: Counter[str] = Counter()
    for key in passing:
        handed_out += keys_of(islice(pages, 1))
        if key in shelf.keys:
            shelf.keys.remove(key)
            stays.discard(key)
        else:
            shelf.keys.add(key)
    handed_out += keys_of(pages)

    assert {key: handed_out[key] for key in stays} == dict.fromkeys(stays, 1)


@given(keys=key_sets, fatal=st.integers(0, 30), walks=st.integers(1, 5))
def test_a_fault_in_one_range_ends_the_listing_and_what_was_handed_out_stands(
    keys: set[str], fatal: int, walks: int
) -> None:
    shelf = Shelf(keys, str, 3)

    def failing(after: str | None) -> Iterator[StorePage]:
        for page in shelf(after):
            if shelf.requests > fatal:
                raise BucketUnavailable("s3://fleet", "503")
            yield page

    listing = Listing(failing, walks=walks)
    handed_out: Counter[str] = Counter()
    try:
        for page in listing:
            handed_out += Counter(obj.key for obj in page)
    except BucketUnavailable:
        handed_out += keys_of(iter(Listing(shelf, since=listing.checkpoint)))
    assert handed_out == Counter(keys)


@given(
    keys=st.sets(st.one_of(numbered, dated, odd_keys), max_size=150),
    prefix=st.sampled_from(["", "clip_0", "2026/", "2026/01/1", "a"]),
)
def test_through_obstore_too_a_listing_is_what_is_in_the_bucket(keys: set[str], prefix: str) -> None:
    store = MemoryStore()
    for key in keys:
        obstore.put(store, key, b"x")
    bucket = Bucket("memory://", store, str)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            bucket_module, "PAGE", 5
        )  # what the store gives at a time is nothing that a caller chooses
        listed = keys_of(bucket.pages(prefix))

    assert listed == Counter(key for key in keys if key.startswith(prefix))

"""Figures: sizes, times and counts as people read them."""

import pytest

from encord_provider.sandbox.page import figures


@pytest.mark.parametrize(
    ("count", "written"),
    [
        (None, ""),
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (2_345_678, "2.3 MB"),
        (5 * 10**9, "5.0 GB"),
        (10**16, "10000.0 TB"),
    ],
)
def test_sizes_have_decimal_units(count: int | None, written: str) -> None:
    assert figures.size(count) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0.25, "0.2 s"), (59.9, "59.9 s"), (60, "1:00 min"), (3599, "59:59 min"), (3661, "1:01:01 h")],
)
def test_durations_read_as_on_a_player(seconds: float, written: str) -> None:
    assert figures.duration(seconds) == written


def test_counts_agree_with_their_nouns() -> None:
    assert figures.count_of(1, "data row") == "1 data row"
    assert figures.count_of(0, "data row") == "0 data rows"
    assert figures.count_of(12_345, "item") == "12,345 items"


def test_the_most_numerous_items_come_first() -> None:
    assert figures.item_counts({"video": 1, "image": 3, "dicomSeries": 3}) == (
        "3 DICOM series · 3 images · 1 video"
    )


def test_moments_are_told_to_the_second() -> None:
    assert figures.moment("2026-11-21T09:06:10.123456+00:00") == "2026-11-21 09:06:10 UTC"

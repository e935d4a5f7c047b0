"""When a group is whole, and what is odd about the numbers of its members."""

from dataclasses import replace
from datetime import timedelta

import pytest

from encord_provider.manifest.completeness import Completeness, late_members, numbering
from encord_provider.manifest.objects import BucketObject
from tests.unit.manifest.listed import MODIFIED, listed

NOW = MODIFIED.timestamp() + 60


def members(*numbers: int) -> list[BucketObject]:
    """Return frames with these numbers."""
    return [listed(f"s1/f{number:03}.jpg") for number in numbers]


def test_gaps_and_duplicates_are_told() -> None:
    found = numbering(["s/f1.jpg", "s/f2.jpg", "s/f02.png", "s/f5.jpg", "s/f9.jpg", "s/cover.jpg"])

    assert found.gaps == ((3, 4), (6, 8))
    assert (found.first, found.last, found.duplicates, found.unnumbered) == (1, 9, (2,), 1)
    assert str(found) == "missing: 3 to 4, 6 to 8; twice: 2; without a number: 1"
    assert not found.is_contiguous


def test_the_last_number_of_the_name_counts_and_not_its_ending() -> None:
    assert str(numbering(["2026/cam1-t0.mp4", "2026/cam1-t1.mp4", "2025/cam2-t2.mp4"])) == "contiguous"
    assert numbering(["cover.jp2"]).first is None


def test_no_members_have_no_numbers() -> None:
    assert not numbering([]).is_contiguous


def test_a_group_waits_until_as_many_members_are_there_as_were_declared() -> None:
    whole = Completeness(count=3)

    assert whole.lacking("s1", members(1, 2), NOW) == "2 of 3 members are there"
    assert whole.lacking("s1", members(1, 2, 3), NOW) is None
    assert "3 were declared" in str(whole.lacking("s1", members(1, 2, 3, 4), NOW))


def test_the_count_may_depend_on_the_title() -> None:
    whole = Completeness(count={"s1": 2}.get)

    assert whole.lacking("s1", members(1), NOW)
    assert whole.lacking("other", members(1), NOW) is None


def test_a_group_waits_until_it_was_quiet_for_long_enough() -> None:
    late = replace(members(2)[0], last_modified=MODIFIED + timedelta(seconds=50))
    whole = Completeness(quiet_seconds=30)

    assert whole.lacking("s1", members(1), NOW) is None
    assert whole.lacking("s1", [*members(1), late], NOW) == "the last member is 10 seconds old, not yet 30"
    assert whole.lacking("s1", [*members(1), late], NOW + 20) is None


@pytest.mark.parametrize(
    ("numbers", "whole"), [((1, 2, 3), True), ((1, 3), False), ((2, 3), False), ((0, 1), False)]
)
def test_a_group_waits_until_its_numbers_are_contiguous(numbers: tuple[int, ...], whole: bool) -> None:  # noqa: FBT001 - a column
    lacking = Completeness(contiguous_from=1).lacking("s1", members(*numbers), NOW)

    assert (lacking is None) is whole


def test_late_members_are_told_of_and_make_no_second_group() -> None:
    submitted = {obj.url for obj in members(1, 2)}

    assert late_members(submitted, members(1, 2, 3)) == members(3)
    assert late_members(set(), members(1, 2)) == []

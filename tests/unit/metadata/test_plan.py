"""The fewest changes that give items the metadata they are to have."""

from typing import Any

import pytest

from encord_provider.metadata.merge import MergeRules
from encord_provider.metadata.plan import Present, plan


def test_an_item_that_has_the_wanted_metadata_already_does_not_change() -> None:
    planned = plan({"a.mp4": {"site": "north"}}, [Present("1", "a.mp4", {"site": "north", "cam": 3})])

    assert (planned.updates, planned.unchanged, planned.unmatched) == ({}, 1, ())


def test_a_change_carries_the_keys_that_are_not_wanted_along() -> None:
    planned = plan({"a.mp4": {"site": "south"}}, [Present("1", "a.mp4", {"site": "north", "cam": 3})])

    assert planned.updates["1"].after == {"site": "south", "cam": 3}


def test_items_that_nobody_mentions_are_left_alone() -> None:
    planned = plan({"a.mp4": {"site": "north"}}, [Present("2", "b.mp4", {}), Present("1", "a.mp4", {})])

    assert (set(planned.updates), planned.unchanged) == ({"1"}, 0)


def test_every_item_of_a_title_that_several_bear_changes() -> None:
    planned = plan({"a": {"site": "north"}}, [Present("1", "a", {}), Present("2", "a", {"site": "north"})])

    assert (planned.updates["1"].after, planned.unchanged) == ({"site": "north"}, 1)


def test_wanted_entries_that_no_item_matches_are_named_in_order() -> None:
    assert plan({"c": {}, "a": {}, "b": {}}, [Present("1", "b", {})]).unmatched == ("a", "c")


@pytest.mark.parametrize(
    ("has", "wanted"),
    [
        (1, True),
        (0, False),
        (True, 1),
        ({"deep": [1]}, {"deep": [True]}),
        ("1", 1),
        (None, ""),
        ([], {}),
        ([1], [1, 2]),
        ([1, 2], [1]),
        ({"a": 1}, {}),
    ],
)
def test_values_that_json_tells_apart_are_a_change(has: Any, wanted: Any) -> None:  # noqa: ANN401 - any JSON
    planned = plan({"a": {"flag": wanted}}, [Present("1", "a", {"flag": has})])

    assert list(planned.updates) == ["1"]
    assert planned.updates["1"].after["flag"] is wanted


@pytest.mark.parametrize(("has", "wanted"), [(1, 1.0), ({"x": 1, "y": 2}, {"y": 2, "x": 1})])
def test_values_that_a_database_of_json_does_not_tell_apart_are_none(has: Any, wanted: Any) -> None:  # noqa: ANN401 - any JSON
    assert plan({"a": {"v": wanted}}, [Present("1", "a", {"v": has})]).unchanged == 1


def test_a_null_is_a_value_and_not_an_absence() -> None:
    assert plan({"a": {"site": None}}, [Present("1", "a", {})]).updates["1"].after == {"site": None}


def test_planning_changes_neither_what_is_wanted_nor_what_is_present() -> None:
    wanted, present = {"a": {"site": "south"}}, {"site": "north"}

    plan(wanted, [Present("1", "a", present)])

    assert (wanted, present) == ({"a": {"site": "south"}}, {"site": "north"})


def test_a_value_that_somebody_else_wrote_is_reported_whether_it_stays_or_not() -> None:
    item = Present("1", "a", {"site": "theirs"}, given={"site": "old"})

    won = plan({"a": {"site": "new"}}, [item])
    lost = plan({"a": {"site": "new"}}, [item], MergeRules(winner="platform"))

    assert [change.conflicts[0].found for change in won.conflicts + lost.conflicts] == ["theirs", "theirs"]
    assert (list(won.updates), list(lost.updates), lost.unchanged) == (["1"], [], 1)


def test_what_an_item_turns_out_to_have_of_the_table_is_learned() -> None:
    planned = plan({"a": {"site": "north"}}, [Present("1", "a", {"site": "north"})])

    assert planned.learned == {"1": {"site": "north"}}
    again = plan({"a": {"site": "north"}}, [Present("1", "a", {"site": "north"}, {"site": "north"})])
    assert again.learned == {}

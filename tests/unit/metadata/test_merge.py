"""Metadata merged of what an item has, what a table wants, and what that table gave it last."""

from typing import Any

import pytest

from encord_provider.metadata.merge import Conflict, MergeRules, merge

PLATFORM = MergeRules(winner="platform")
PRUNE = MergeRules(prune=True)


@pytest.mark.parametrize("rules", [MergeRules(), PLATFORM])
@pytest.mark.parametrize(
    ("present", "wanted", "given"),
    [
        ({}, {"a": 1}, {}),
        ({}, {"a": 1}, {"a": 1}),
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 0}, {"a": 1}, {"a": 0}),
        ({"a": 1}, {"a": 1}, {"a": 0}),
    ],
)
def test_where_nobody_else_wrote_the_table_is_followed(
    present: dict[str, Any], wanted: dict[str, Any], given: dict[str, Any], rules: MergeRules
) -> None:
    merged = merge({"other": 7} | present, wanted, given, rules)

    assert merged.metadata == {"other": 7, "a": 1}
    assert (merged.conflicts, merged.given) == ((), {"a": 1})


@pytest.mark.parametrize("given", [{}, {"a": 0}, {"a": 1}])
def test_where_somebody_else_wrote_the_winner_decides_and_it_is_reported(given: dict[str, Any]) -> None:
    table = merge({"a": "theirs"}, {"a": 1}, given, MergeRules())
    platform = merge({"a": "theirs"}, {"a": 1}, given, PLATFORM)

    assert table.conflicts == platform.conflicts == (Conflict("a", "theirs", 1),)
    assert (table.metadata, table.given) == ({"a": 1}, {"a": 1})
    assert (platform.metadata, platform.given) == ({"a": "theirs"}, given)


def test_a_key_that_the_table_has_no_longer_stays_unless_it_is_to_be_pruned() -> None:
    kept = merge({"a": 1, "b": 2}, {"b": 2}, {"a": 1, "b": 2}, MergeRules())
    pruned = merge({"a": 1, "b": 2}, {"b": 2}, {"a": 1, "b": 2}, PRUNE)

    assert (kept.metadata, kept.given) == ({"a": 1, "b": 2}, {"a": 1, "b": 2})
    assert (pruned.metadata, pruned.given) == ({"b": 2}, {"b": 2})


def test_pruning_takes_nothing_that_somebody_else_wrote() -> None:
    merged = merge({"a": "theirs", "c": 3}, {}, {"a": 1, "gone": 2}, PRUNE)

    assert (merged.metadata, merged.given) == ({"a": "theirs", "c": 3}, {})
    assert merged.conflicts == (Conflict("a", "theirs", None),)


def test_a_conflict_is_said_in_one_line() -> None:
    assert str(Conflict("site", "north", "south")) == "site is 'north', the table has 'south'"

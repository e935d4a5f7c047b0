"""Tables of metadata, and the changes that they ask for."""

import contextlib
import csv
import io
import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from encord_provider.errors import BadTable
from encord_provider.metadata.merge import MergeRules, Winner, merge
from encord_provider.metadata.plan import Plan, Present, plan
from encord_provider.metadata.table import read_table
from tests.property.strategies import json_texts, json_values, metadata

names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1, max_size=12)
cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=12)
tables = st.dictionaries(names, st.fixed_dictionaries({"site": cells, "note": cells}), max_size=5)


@given(tables)
def test_a_csv_table_is_read_as_it_was_written(table: dict[str, dict[str, str]]) -> None:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, ["title", "site", "note"])
    writer.writeheader()
    writer.writerows({"title": title} | row for title, row in table.items())

    read = read_table("t.csv", file.getvalue().encode(), "title")

    assert read == {title: {key: cell for key, cell in row.items() if cell} for title, row in table.items()}


@given(rows=st.dictionaries(json_texts.filter(bool), metadata, max_size=5), ascii_only=st.booleans())
@example(rows={"a": {"b": "one\u2028two\x85three"}}, ascii_only=False)
def test_json_lines_are_read_as_they_were_written(
    rows: dict[str, dict[str, Any]], *, ascii_only: bool
) -> None:
    lines = [json.dumps(row | {"title": title}, ensure_ascii=ascii_only) for title, row in rows.items()]

    read = read_table("t.jsonl", "\n".join(lines).encode(), "title")

    assert read == {title: {k: v for k, v in row.items() if k != "title"} for title, row in rows.items()}


@given(content=st.binary(max_size=80), name=st.sampled_from(["t.csv", "t.jsonl"]))
def test_any_file_is_a_table_that_json_can_say_or_refused(content: bytes, name: str) -> None:
    with contextlib.suppress(BadTable):
        table = read_table(name, content, "title", {"n": "number", "b": "boolean", "j": "json"})
        assert all(table)
        assert json.dumps(table, allow_nan=False)


WANTED = st.dictionaries(st.sampled_from("abc"), metadata, max_size=3)
PRESENT = st.lists(st.tuples(st.sampled_from("abcd"), metadata, metadata), max_size=5).map(
    lambda items: [Present(f"uuid-{n}", match, has, given) for n, (match, has, given) in enumerate(items)]
)
RULES = st.builds(MergeRules, winner=st.sampled_from(["table", "platform"]), prune=st.booleans())


def after(present: list[Present], planned: Plan) -> list[Present]:
    """Return the items as they are when the plan is carried out: the platform replaces metadata as a whole."""
    return [
        Present(
            item.uuid,
            item.match,
            planned.updates[item.uuid].after if item.uuid in planned.updates else item.metadata,
            item.given,
        )
        for item in present
    ]


@given(wanted=WANTED, present=PRESENT)
def test_after_the_changes_every_item_has_what_is_wanted_and_what_it_had(
    wanted: dict[str, dict[str, Any]], present: list[Present]
) -> None:
    planned = plan(wanted, present)

    for before, now in zip(present, after(present, planned), strict=True):
        assert now.metadata == {**before.metadata, **wanted.get(before.match, {})}


@given(wanted=WANTED, present=PRESENT, rules=RULES)
def test_planning_again_after_the_changes_changes_nothing(
    wanted: dict[str, dict[str, Any]], present: list[Present], rules: MergeRules
) -> None:
    again = plan(wanted, after(present, plan(wanted, present, rules)), rules)

    assert again.updates == {}


@given(wanted=WANTED, present=PRESENT, rules=RULES)
def test_every_item_and_every_wanted_entry_is_accounted_for(
    wanted: dict[str, dict[str, Any]], present: list[Present], rules: MergeRules
) -> None:
    planned = plan(wanted, present, rules)

    matched = [item for item in present if item.match in wanted]
    assert len(planned.updates) + planned.unchanged == len(matched)
    assert set(planned.unmatched) == set(wanted) - {item.match for item in present}


KEYS = st.sampled_from("abc")
EDITS = st.lists(st.tuples(KEYS, st.integers(0, 3) | st.none()), max_size=3)
TABLES = st.dictionaries(KEYS, st.integers(0, 3), max_size=3)


@given(edits=st.lists(st.tuples(EDITS, TABLES), max_size=5), rules=RULES)
def test_of_table_and_others_nobody_loses_what_is_theirs_through_any_number_of_merges(
    edits: list[tuple[list[tuple[str, int | None]], dict[str, int]]], rules: MergeRules
) -> None:
    """Between merges others edit the item; the table changes, too."""
    item: dict[str, Any] = {}
    given: dict[str, Any] = {}
    for others, table in edits:
        for key, value in others:
            item = {k: v for k, v in item.items() if k != key} | ({} if value is None else {key: value})
        merged = merge(item, table, given, rules)

        reported = {conflict.key for conflict in merged.conflicts}
        for key in item.keys() | table.keys():
            if key in table and (rules.winner == "table" or key not in reported):
                assert merged.metadata[key] == table[key], "the table's value is lost"
            elif merged.metadata.get(key) != item[key]:
                assert rules.prune, "somebody else's value is lost"
                assert key not in table
                assert given[key] == item[key]
        assert all(item[key] not in (table.get(key), given.get(key)) for key in reported)
        item, given = merged.metadata, merged.given


@given(has=json_values, wanted=json_values)
def test_a_value_is_unchanged_only_when_json_cannot_tell_it_from_the_wanted_one(
    has: object, wanted: object
) -> None:
    planned = plan({"a": {"v": wanted}}, [Present("1", "a", {"v": has})])

    if planned.unchanged:
        assert has == wanted
    if json.dumps(has, sort_keys=True) == json.dumps(wanted, sort_keys=True):
        assert planned.unchanged


OTHERS = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 2) | st.none()), max_size=3)
OWNERS = {"site": "ab", "lens": "cd"}
"""Two tables that describe the same item, and the keys that each owns."""
STEPS = st.lists(
    st.tuples(
        st.sampled_from(sorted(OWNERS)), st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2)), OTHERS
    ),
    max_size=6,
)


@given(steps=STEPS, winner=st.sampled_from(["table", "platform"]))
def test_tables_that_own_different_keys_never_lose_each_other_s_values(
    steps: list[tuple[str, dict[str, int], list[tuple[str, int | None]]]], winner: Winner
) -> None:
    """Between two merges of a table the other one merges, and people edit keys that neither owns now."""
    item: dict[str, Any] = {}
    given_by: dict[str, dict[str, Any]] = {owner: {} for owner in OWNERS}
    tables: dict[str, dict[str, int]] = {owner: {} for owner in OWNERS}
    for owner, row, edits in steps:
        tables[owner] = {key: value for key, value in row.items() if key in OWNERS[owner]}
        owned = {key for table in tables.values() for key in table}
        for key, value in edits:
            if key not in owned:
                item = {k: v for k, v in item.items() if k != key} | ({} if value is None else {key: value})
        before = dict(item)
        merged = merge(item, tables[owner], given_by[owner], MergeRules(winner=winner))
        item, given_by[owner] = merged.metadata, merged.given

        reported = {conflict.key for conflict in merged.conflicts}
        for key in before.keys() - OWNERS[owner]:
            assert item[key] == before[key], "a key of the other table, or of a person, was touched"
        for key, value in tables[owner].items():
            assert item[key] == value or (winner == "platform" and key in reported)


@given(
    rows=st.lists(
        st.tuples(st.sampled_from("ab"), st.dictionaries(st.sampled_from("xyz"), st.integers(0, 2)))
    )
)
def test_rows_of_one_item_are_joined_or_told_of_whatever_their_order(
    rows: list[tuple[str, dict[str, int]]],
) -> None:
    def read(lines: list[tuple[str, dict[str, int]]]) -> dict[str, dict[str, Any]] | None:
        content = "\n".join(json.dumps(row | {"title": title}) for title, row in lines).encode()
        try:
            return read_table("t.jsonl", content, "title")
        except BadTable:
            return None

    joined = read(rows)

    assert joined == read(rows[::-1])
    if joined is not None:
        assert all(joined[title].items() >= row.items() for title, row in rows)

"""Tables of metadata, and the changes that they ask for."""

import contextlib
import csv
import io
import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from encord_provider.errors import BadTable
from encord_provider.metadata.plan import Present, plan
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
PRESENT = st.lists(st.tuples(st.sampled_from("abcd"), metadata), max_size=5).map(
    lambda items: [Present(f"uuid-{n}", match, has) for n, (match, has) in enumerate(items)]
)


def after(present: list[Present], changes: dict[str, dict[str, Any]]) -> list[Present]:
    """Return the items as they are when the changes are made: the platform replaces metadata as a whole."""
    return [Present(item.uuid, item.match, changes.get(item.uuid, item.metadata)) for item in present]


@given(wanted=WANTED, present=PRESENT)
def test_after_the_changes_every_item_has_what_is_wanted_and_what_it_had(
    wanted: dict[str, dict[str, Any]], present: list[Present]
) -> None:
    planned = plan(wanted, present)

    for before, now in zip(present, after(present, planned.changes), strict=True):
        assert now.metadata == {**before.metadata, **wanted.get(before.match, {})}


@given(wanted=WANTED, present=PRESENT)
def test_planning_again_after_the_changes_changes_nothing(
    wanted: dict[str, dict[str, Any]], present: list[Present]
) -> None:
    again = plan(wanted, after(present, plan(wanted, present).changes))

    assert again.changes == {}


@given(wanted=WANTED, present=PRESENT)
def test_every_item_and_every_wanted_entry_is_accounted_for(
    wanted: dict[str, dict[str, Any]], present: list[Present]
) -> None:
    planned = plan(wanted, present)

    matched = [item for item in present if item.match in wanted]
    assert len(planned.changes) + planned.unchanged == len(matched)
    assert set(planned.unmatched) == set(wanted) - {item.match for item in present}


@given(has=json_values, wanted=json_values)
def test_a_value_is_unchanged_only_when_json_cannot_tell_it_from_the_wanted_one(
    has: object, wanted: object
) -> None:
    planned = plan({"a": {"v": wanted}}, [Present("1", "a", {"v": has})])

    if planned.unchanged:
        assert has == wanted
    if json.dumps(has, sort_keys=True) == json.dumps(wanted, sort_keys=True):
        assert planned.unchanged

"""Custom metadata from a table."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from encord_provider.errors import BadTable
from encord_provider.metadata.table import ColumnType, read_table


def csv(text: str, types: Mapping[str, ColumnType] | None = None) -> dict[str, dict[str, Any]]:
    """Read *text* as a CSV table whose key column is ``title``."""
    return read_table("fleet.csv", text.encode(), "title", types)


def csv_faults(text: str, types: Mapping[str, ColumnType] | None = None) -> tuple[str, ...]:
    """Return what is wrong with *text* as a CSV table."""
    with pytest.raises(BadTable, match=r"table fleet\.csv: ") as caught:
        csv(text, types)
    return caught.value.faults


def json_lines_faults(content: bytes) -> tuple[str, ...]:
    """Return what is wrong with *content* as JSON lines."""
    with pytest.raises(BadTable, match=r"table fleet\.jsonl: ") as caught:
        read_table("fleet.jsonl", content, "title")
    return caught.value.faults


def test_a_row_is_an_item_and_a_column_is_a_key() -> None:
    table = csv("title,site,cam\na.mp4,north,3\nb.mp4,south,4\n")

    assert table == {"a.mp4": {"site": "north", "cam": "3"}, "b.mp4": {"site": "south", "cam": "4"}}


def test_the_types_of_columns_are_as_told_and_text_otherwise() -> None:
    types: dict[str, ColumnType] = {"n": "number", "x": "number", "ok": "boolean", "tags": "json"}

    table = csv('title,n,x,ok,tags,code\na,3,2.5,Yes,"[1, {""b"": null}]",007\n', types)

    assert table == {"a": {"n": 3, "x": 2.5, "ok": True, "tags": [1, {"b": None}], "code": "007"}}


@pytest.mark.parametrize("cell", ["true", "TRUE", " yes ", "1"])
def test_what_is_true(cell: str) -> None:
    assert csv(f"title,ok\na,{cell}\n", {"ok": "boolean"}) == {"a": {"ok": True}}


@pytest.mark.parametrize("cell", ["false", "No", "0"])
def test_what_is_false(cell: str) -> None:
    assert csv(f"title,ok\na,{cell}\n", {"ok": "boolean"}) == {"a": {"ok": False}}


def test_an_empty_cell_sets_nothing() -> None:
    assert csv("title,site,n\na,,\nb,north\n", {"n": "number"}) == {"a": {}, "b": {"site": "north"}}


def test_cells_may_hold_commas_quotes_and_line_breaks() -> None:
    assert csv('title,note\n"a, b","she said ""hi""\nand left"\n') == {
        "a, b": {"note": 'she said "hi"\nand left'}
    }


def test_a_byte_order_mark_and_windows_line_ends_are_no_part_of_the_table() -> None:
    content = b"\xef\xbb\xbftitle,site\r\na,north\r\n"

    assert read_table("fleet.csv", content, "title") == {"a": {"site": "north"}}


def test_a_table_without_rows_is_empty() -> None:
    assert csv("title,site\n") == {}
    assert read_table("fleet.jsonl", b"\n\n", "title") == {}


def test_json_lines_have_types_of_their_own() -> None:
    lines = b'{"title": "a", "n": 3, "deep": {"ok": true}}\n\n{"title": "b"}\n'

    assert read_table("s3://fleet/fleet.jsonl", lines, "title") == {
        "a": {"n": 3, "deep": {"ok": True}},
        "b": {},
    }


@pytest.mark.parametrize("name", ["fleet.jsonl", "fleet.ndjson", "FLEET.JSONL"])
def test_the_ending_of_the_name_tells_json_lines_from_csv(name: str) -> None:
    assert read_table(name, b'{"title": "a", "n": 1}', "title") == {"a": {"n": 1}}


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
def test_only_a_line_feed_ends_a_json_line(character: str) -> None:
    row = {"title": "a", "note": f"one{character}two"}
    line = json.dumps(row, ensure_ascii=False) if character > "\x1f" else json.dumps(row)

    assert read_table("fleet.jsonl", f"{line}\n".encode(), "title") == {"a": {"note": row["note"]}}


def test_a_key_that_is_a_number_is_its_text() -> None:
    assert read_table("fleet.jsonl", b'{"title": 7}\n{"title": 0}', "title") == {"7": {}, "0": {}}


def test_all_faults_of_a_table_are_found_at_once_each_with_its_line() -> None:
    faults = csv_faults("title,n\na,x\n,1\nb,2\nb,3\nc,y\n", {"n": "number"})

    assert [fault.split(":")[0] for fault in faults] == ["line 2", "line 3", "line 5", "line 6"]
    assert "'title'" in faults[1]
    assert "'b'" in faults[2]


def test_a_cell_that_cannot_be_read_is_named_with_its_column() -> None:
    (fault,) = csv_faults("title,speed,ok\na,fast,true\n", {"speed": "number", "ok": "boolean"})

    assert "line 2" in fault
    assert "speed" in fault
    assert "fast" in fault


def test_every_bad_cell_of_a_row_is_named() -> None:
    faults = csv_faults("title,speed,ok\na,fast,maybe\n", {"speed": "number", "ok": "boolean"})

    assert "speed" in " ".join(faults)
    assert "ok" in " ".join(faults)


@pytest.mark.parametrize(
    ("kind", "cell"), [("number", "nan"), ("number", "inf"), ("json", "NaN"), ("json", "{")]
)
def test_a_value_that_is_no_json_is_a_fault(kind: ColumnType, cell: str) -> None:
    assert len(csv_faults(f"title,v\na,{cell}\n", {"v": kind})) == 1


@pytest.mark.parametrize(
    "line",
    [b"{", b"[1]", b"3", b"null", b'{"site": "north"}', b'{"title": "a", "v": NaN}', b'{"title": null}'],
)
def test_a_json_line_that_cannot_be_used_is_a_fault(line: bytes) -> None:
    (fault,) = json_lines_faults(b'{"title": "good"}\n' + line)

    assert fault.startswith("line 2: ")


def test_a_row_with_more_cells_than_the_header_is_a_fault_and_not_cut_off() -> None:
    (fault,) = csv_faults("title,note\na,hello, world\n")

    assert fault.startswith("line 2: ")


def test_a_column_that_is_named_twice_is_a_fault() -> None:
    faults = csv_faults("title,site,site\na,north,south\n")

    assert faults[0].startswith("line 1: ")
    assert "'site'" in faults[0]


def test_a_table_without_the_key_column_names_the_column() -> None:
    faults = csv_faults("name,site\na,north\n")

    assert "'title'" in faults[0]


@pytest.mark.parametrize("name", ["fleet.csv", "fleet.jsonl"])
def test_a_file_that_is_not_utf_8_is_a_fault(name: str) -> None:
    with pytest.raises(BadTable, match="UTF-8"):
        read_table(name, "title\nmünchen".encode("latin-1"), "title")


def test_a_cell_that_is_too_long_for_csv_is_a_fault() -> None:
    assert csv_faults("title,note\na," + "x" * 200_000 + "\n")


def test_a_type_that_nobody_knows_is_a_fault() -> None:
    types: dict[str, Any] = {"n": "int"}

    assert "int" in csv_faults("title,n\na,3\n", types)[0]


def test_lines_of_one_item_are_joined_unless_they_disagree() -> None:
    assert csv("title,site,ok\na,north,\na,,yes\na,north,\n", {"ok": "boolean"}) == {
        "a": {"site": "north", "ok": True}
    }
    (fault,) = csv_faults("title,site\na,north\na,south\n")
    assert fault == "line 3: an earlier line of 'a' has another 'site'"

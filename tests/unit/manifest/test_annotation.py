"""Custom metadata from wherever it is kept."""

import datetime as dt
import io
import json
import sys
from decimal import Decimal
from uuid import UUID

import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # the same
import pytest

from encord_provider.errors import BadTable, MissingExtra
from encord_provider.manifest.annotation import (
    Sidecars,
    annotated,
    from_path,
    from_table,
    read_parquet,
    rows_by_key,
)
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.naming import PathRule
from encord_provider.manifest.units import Unit, unit_of
from tests.unit.manifest.listed import listed

OBJECT = listed("north/cam-07/a.mp4")
UNIT = unit_of(Kind.VIDEO, OBJECT.key, [OBJECT])


def test_later_sources_go_over_earlier_ones_and_titles_follow_the_rule() -> None:
    rule = PathRule.from_template("{site}/{camera}/{name}", "{camera}: {name}")
    sources = [from_path(rule), from_table({OBJECT.key: {"site": "south", "night": True}})]

    ((unit, objects),) = annotated([(UNIT, [OBJECT])], sources, rule)

    assert unit.client_metadata == {"site": "south", "camera": "cam-07", "name": "a.mp4", "night": True}
    assert (unit.title, unit.urls, list(objects)) == ("cam-07: a.mp4", UNIT.urls, [OBJECT])


@pytest.mark.parametrize("name", [OBJECT.key, OBJECT.url])
def test_a_table_is_joined_by_key_or_url(name: str) -> None:
    assert from_table({name: {"k": 1}})(UNIT, [OBJECT]) == {"k": 1}


def test_a_table_is_joined_to_groups_by_their_title() -> None:
    group = Unit(Kind.IMAGE_GROUP, "g", ("u",))

    assert from_table({"g": {"k": 1}})(group, []) == {"k": 1}
    assert from_table({"h": {"k": 1}})(group, []) == {}


def test_any_function_is_a_source() -> None:
    ((unit, _),) = annotated(
        [(UNIT, [OBJECT])], [lambda unit, objects: {"n": len(objects), "kind": unit.kind}]
    )

    assert unit.client_metadata == {"n": 1, "kind": "video"}


def test_a_side_file_is_read_where_there_is_one() -> None:
    store = {f"{OBJECT.key}.metadata.json": b'{"weather": "rain"}'}
    sidecars = Sidecars(store.get)

    assert sidecars(UNIT, [OBJECT]) == {"weather": "rain"}
    assert sidecars(UNIT, [listed("other.mp4")]) == {}
    assert sidecars.is_sidecar(f"{OBJECT.key}.metadata.json")
    assert not sidecars.is_sidecar(OBJECT.key)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"{", b"[" * 100_000])
def test_a_side_file_that_is_no_object_is_a_typed_error_that_names_it(content: bytes) -> None:
    with pytest.raises(BadTable, match=r"a\.mp4\.metadata\.json"):
        Sidecars(lambda _: content)(UNIT, [OBJECT])


def parquet(rows: list[dict[str, object]]) -> bytes:
    """Write a Parquet table."""
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Decimal("7.00"), 7),
        (Decimal("7.5"), 7.5),
        (UUID(int=1), str(UUID(int=1))),
        (dt.datetime(2026, 1, 2, 3, tzinfo=dt.UTC), "2026-01-02T03:00:00+00:00"),
        (dt.time(7, 30), "07:30:00"),
        ({"deep": (Decimal(1), None)}, {"deep": [1, None]}),
        (True, True),
    ],
)
def test_values_of_python_become_those_of_json(value: object, plain: object) -> None:
    assert rows_by_key("t", [{"key": "a", "v": value}], "key") == {"a": {"v": plain}}


@pytest.mark.parametrize("value", [b"x", float("nan"), Decimal("Infinity"), [{1}], dt.timedelta(1)])
def test_values_that_json_has_not_are_faults(value: object) -> None:
    with pytest.raises(BadTable, match="row 1: column 'v': "):
        rows_by_key("t", [{"key": "a", "v": value}], "key")


def test_a_parquet_table_is_read_by_its_key() -> None:
    day = dt.date(2026, 1, 1)
    content = parquet(
        [{"key": "a", "n": 1, "day": day, "v": [1.0, 2.0]}, {"key": "b", "n": None, "day": None}]
    )

    rows = read_parquet("t.parquet", content, "key")

    assert rows == {"a": {"n": 1, "day": "2026-01-01", "v": [1.0, 2.0]}, "b": {}}
    json.dumps(rows)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"no parquet", "not Parquet"),
        (parquet([{"other": 1}]), "no column 'key'"),
        (parquet([{"key": "a", "n": 1}, {"key": "a", "n": 2}, {"key": None, "n": 3}]), "2 faults"),
    ],
)
def test_a_parquet_table_that_cannot_be_used_says_why(content: bytes, problem: str) -> None:
    with pytest.raises(BadTable, match=problem):
        read_parquet("t.parquet", content, "key")


def test_parquet_without_pyarrow_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(MissingExtra, match=r"airflow-provider-encord\[parquet\]"):
        read_parquet("t.parquet", b"", "key")

"""Custom metadata, as jsonb keeps it."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encord_provider.sandbox.client_metadata import Json, as_jsonb, parse_jsonb
from encord_provider.sandbox.errors import InvalidError

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXT, JSON))
def test_what_is_stored_comes_back(value: dict[str, Json]) -> None:
    assert json.loads(as_jsonb(value)) == value


def test_keys_come_out_by_length_and_then_by_bytes() -> None:
    assert (
        as_jsonb({"bb": 1, "é": 2, "a": {"z": 1, "b": 2}, "c": 3})
        == '{"a": {"b": 2, "z": 1}, "c": 3, "bb": 1, "é": 2}'
    )


def test_the_last_of_two_equal_keys_wins() -> None:
    assert parse_jsonb('{"a": 1, "b": 2, "a": 3}') == '{"a": 3, "b": 2}'


def test_large_integers_keep_every_digit() -> None:
    number = 12345678901234567890123
    assert json.loads(parse_jsonb(f'{{"n": {number}}}'), parse_int=Decimal)["n"] == number


@pytest.mark.parametrize("value", [{"k": "a\0b"}, {"a\0b": 1}, {"k": [{"deep": "\0"}]}])
def test_the_nul_character_cannot_be_stored(value: dict[str, Json]) -> None:
    with pytest.raises(InvalidError, match="u0000"):
        as_jsonb(value)


def test_the_text_of_an_escape_is_no_nul_character() -> None:
    assert json.loads(as_jsonb({"k": r"\u0000"})) == {"k": r"\u0000"}


@pytest.mark.parametrize("text", ["[1]", '"a"', "{", '{"a": }'])
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(InvalidError):
        parse_jsonb(text)


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidError):
        as_jsonb({"k": float("nan")})


def test_the_limit_counts_bytes() -> None:
    assert as_jsonb({"k": "é"}, largest=11) == '{"k": "é"}'
    with pytest.raises(InvalidError, match="larger than 10 bytes"):
        as_jsonb({"k": "é"}, largest=10)

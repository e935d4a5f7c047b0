"""What a key tells of its object."""

import pytest

from encord_provider.errors import BadPattern
from encord_provider.manifest.naming import PathRule


def test_a_template_reads_the_parts_of_a_path() -> None:
    rule = PathRule.from_template("{site}/{camera}-{number}/{name}.mp4", "{camera} {number}", {"number": int})

    assert rule.metadata("north/cam-07/a.b.mp4") == {
        "site": "north",
        "camera": "cam",
        "number": 7,
        "name": "a.b",
    }
    assert rule.title_of("north/cam-07/a.b.mp4") == "cam 07"


def test_a_field_stays_within_its_segment_unless_it_is_a_path() -> None:
    assert PathRule.from_template("{a}/{b}").metadata("x/y/z") == {}
    assert PathRule.from_template("{a:path}/{b}").metadata("x/y/z") == {"a": "x/y", "b": "z"}


def test_a_regular_expression_reads_them_as_well() -> None:
    rule = PathRule(r".*/(?P<date>\d{4}-\d\d-\d\d)/(?P<take>t\d+)?.*")

    assert rule.metadata("a/2026-01-01/x.mp4") == {"date": "2026-01-01"}
    assert rule.title_of("a/2026-01-01/x.mp4") is None


def test_a_key_that_does_not_match_says_nothing() -> None:
    rule = PathRule.from_template("{site}/{name}", "{name}")

    assert (rule.metadata("alone"), rule.title_of("alone")) == ({}, None)


def test_what_a_converter_cannot_read_stays_text() -> None:
    assert PathRule.from_template("{n}", converters={"n": int}).metadata("seven") == {"n": "seven"}


def test_characters_of_a_template_that_mean_something_in_expressions_mean_themselves() -> None:
    assert PathRule.from_template("a.b(c)+{x}").metadata("a.b(c)+1") == {"x": "1"}
    assert PathRule.from_template("a.b{x}").metadata("aXb1") == {}


@pytest.mark.parametrize(
    ("pattern", "title"), [("(", None), ("(?P<a>.*)", "{b}"), ("(?P<a>.*)(?P<a>.*)", None)]
)
def test_a_rule_that_cannot_work_is_a_mistake_of_the_person_who_gave_it(
    pattern: str, title: str | None
) -> None:
    with pytest.raises(BadPattern):
        PathRule(pattern, title)


def test_a_field_that_stands_twice_is_one_as_well() -> None:
    with pytest.raises(BadPattern):
        PathRule.from_template("{a}/{a}")
    with pytest.raises(BadPattern):
        PathRule.from_template("{a}", converters={"b": int})

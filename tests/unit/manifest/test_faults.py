"""What is wrong with a unit before anybody is asked to register it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from encord_provider.manifest.faults import Fault, faults_of
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.limits import Limits
from encord_provider.manifest.units import Unit


def rules_broken(unit: Unit, limits: Limits | None = None) -> list[str]:
    """Name the rules that *unit* breaks."""
    return [fault.rule for fault in faults_of(unit, limits or Limits())]


def image(title: str = "a.jpg", url: str = "https://b.example.com/a.jpg", **metadata: object) -> Unit:
    """Return an image."""
    return Unit(Kind.IMAGE, title, (url,), client_metadata=metadata)


def test_a_good_unit_has_no_fault() -> None:
    assert rules_broken(image(site="north", nested={"a": [1, None, True]})) == []


def test_a_unit_at_every_limit_has_no_fault_and_one_step_over_has() -> None:
    limits = Limits(title_characters=5, url_bytes=27, metadata_bytes=len('{"site": "north"}'))

    assert rules_broken(image("a.jpg", "https://b.example.com/a.jpg", site="north"), limits) == []
    assert rules_broken(image("aa.jpg", "https://b.example.com/aa.jpg", site="north2"), limits) == [
        "title length",
        "URL length",
        "metadata size",
    ]


def test_all_faults_of_a_unit_are_found_at_once() -> None:
    unit = Unit(Kind.IMAGE_GROUP, "t" * 301, ("https://b/a b", "https://b/" + "x" * 16384, "https://b/\t"))

    assert rules_broken(unit) == ["title length", "URL white space", "URL length", "URL white space"]


def test_titles_are_counted_in_characters_and_urls_and_metadata_in_bytes() -> None:
    limits = Limits(title_characters=3, url_bytes=3, metadata_bytes=12)

    assert rules_broken(Unit(Kind.IMAGE, "żół", ("żó",), client_metadata={"a": "żół"}), limits) == [
        "URL length",
        "metadata size",
    ]


@pytest.mark.parametrize("space", [" ", "\t", "\n", "\r", "\u00a0", "\u2028", "\u3000"])
def test_any_white_space_in_a_url_is_a_fault(space: str) -> None:
    assert rules_broken(image(url=f"https://b/a{space}b.jpg")) == ["URL white space"]


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        {"deep": [float("-inf")]},
        datetime(2026, 1, 1, tzinfo=UTC),
        b"bytes",
        {1, 2},
        "\ud800",
        "nul \0 inside",
        {"nul \0 in a key": 1},
    ],
)
def test_metadata_that_encord_cannot_store_is_a_fault_and_not_a_crash(value: Any) -> None:  # noqa: ANN401 - anything a user gives
    assert rules_broken(image(value=value)) == ["metadata value"]


def test_an_empty_title_is_a_fault() -> None:
    assert len(rules_broken(image(title=""))) == 1


def test_a_unit_of_more_urls_than_a_manifest_may_hold_is_a_fault() -> None:
    unit = Unit(Kind.DICOM_SERIES, "ct", ("u1", "u2", "u3"))

    assert rules_broken(unit, Limits(urls=3)) == []
    assert len(rules_broken(unit, Limits(urls=2))) == 1


def test_a_fault_says_in_one_line_where_it_is_what_it_is_and_what_to_do() -> None:
    fault = Fault("a.jpg", "URL length", "a URL is too long", "shorten the key")

    assert str(fault) == "a.jpg: a URL is too long; shorten the key"

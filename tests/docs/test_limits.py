"""Every limit is in the reference, with its number."""

from collections.abc import Mapping
from dataclasses import fields

import pytest

from encord_provider.manifest.limits import Advice, Limits
from tests.docs.pages import Page, code


@pytest.mark.parametrize(("heading", "defaults"), [("Limits", Limits()), ("Advice", Advice())])
def test_every_number_is_documented_with_its_unit(heading: str, defaults: Limits | Advice) -> None:
    section = Page.read("reference/limits").text.partition(f"\n## {heading}\n")[2]
    rows = Page(Page.read("reference/limits").path, section).table()

    assert {code(row[0])[0]: row[1] for row in rows} == {
        field.name: spelled(getattr(defaults, field.name)) for field in fields(defaults)
    }
    assert all(row[2] for row in rows), "a number has no unit"


def spelled(number: object) -> str:
    """Spell a default as the page does."""
    if isinstance(number, Mapping):
        return ", ".join(f"{kind}: {count:,}" for kind, count in number.items())
    return f"{number:,}"

"""A page that the ledger has as it was listed, and every way in which it may not have it so."""

import pytest
from sqlalchemy import select, update

from encord_provider.ledger.agreement import agreed
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.tables import objects
from encord_provider.manifest.objects import BucketObject
from tests.unit.ledger.steps import TARGET, Steps
from tests.unit.manifest.listed import listed

A, B, C, D = (listed(f"{name}.mp4") for name in ("A", "a", "b c", "é"))
"""Not in the order of any language."""


def rows_of(ledger: Ledger, *page: BucketObject, but: frozenset[str] = frozenset()) -> list[int] | None:
    """Ask the ledger whether it has a page so."""
    with ledger.transaction() as connection:
        return agreed(connection, TARGET, page, but)


def numbers(ledger: Ledger) -> dict[str, int]:
    """Map the keys that the ledger knows to their rows."""
    with ledger.transaction() as connection:
        return {row.key: row.id for row in connection.execute(select(objects.c.key, objects.c.id))}


def test_what_is_registered_as_listed_is_agreed_on_row_by_row(steps: Steps, ledger: Ledger) -> None:
    page = sorted((A, B, C, D), key=lambda obj: obj.url)
    steps.register("first", *page)

    there = numbers(ledger)
    assert rows_of(ledger, *page) == [there[obj.key] for obj in page]
    assert rows_of(ledger, *page[1:3]) == [there[obj.key] for obj in page[1:3]]


@pytest.mark.parametrize(
    "page",
    [
        pytest.param((), id="nothing"),
        pytest.param((A, B, listed("b.mp4")), id="something new"),
        pytest.param((A, listed("a.mp4", version="2")), id="another version"),
        pytest.param((B, A), id="another order"),
        pytest.param((A, C), id="one is not there"),
    ],
)
def test_what_differs_in_anything_is_not_agreed_on(
    page: tuple[BucketObject, ...], steps: Steps, ledger: Ledger
) -> None:
    steps.register("first", A, B, C)

    assert rows_of(ledger, *page) is None


def test_what_was_missed_is_not_agreed_on(steps: Steps, ledger: Ledger) -> None:
    steps.register("first", A, B)
    with ledger.transaction() as connection:
        connection.execute(update(objects).where(objects.c.key == B.key).values(missing_since=1.0))

    assert rows_of(ledger, A) is not None
    assert rows_of(ledger, A, B) is None


def test_what_some_manifests_hold_is_not_agreed_on(steps: Steps, ledger: Ledger) -> None:
    steps.register("first", A)
    with ledger.transaction() as connection:
        (manifest,) = connection.scalars(select(objects.c.manifest))

    assert rows_of(ledger, A, but=frozenset({"another"})) is not None
    assert rows_of(ledger, A, but=frozenset({str(manifest)})) is None

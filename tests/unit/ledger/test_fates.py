"""Which fate may follow which."""

import time
from itertools import product
from pathlib import Path
from typing import Any, Literal, get_args

import pytest
from sqlalchemy import Row, select, true

from encord_provider.errors import IllegalTransition
from encord_provider.ledger import transitions
from encord_provider.ledger.fates import FOLLOWS, Fate, may_precede
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.tables import objects
from encord_provider.ledger.transitions import move_all
from encord_provider.manifest.objects import BucketObject
from tests.unit.ledger.steps import TARGET, Steps
from tests.unit.manifest.listed import listed

LEGAL = {
    (Fate.NEW, Fate.PLANNED),
    (Fate.NEW, Fate.QUARANTINED),
    (Fate.PLANNED, Fate.SUBMITTED),
    (Fate.PLANNED, Fate.REGISTERED),
    (Fate.PLANNED, Fate.QUARANTINED),
    (Fate.SUBMITTED, Fate.REGISTERED),
    (Fate.SUBMITTED, Fate.QUARANTINED),
    (Fate.SUBMITTED, Fate.PLANNED),
    (Fate.SUBMITTED, Fate.NEW),
    (Fate.QUARANTINED, Fate.NEW),
    (Fate.REGISTERED, Fate.SUPERSEDED),
    (Fate.REGISTERED, Fate.GONE),
    (Fate.CHANGED, Fate.NEW),
    (Fate.CHANGED, Fate.GONE),
    (Fate.SUPERSEDED, Fate.NEW),
    (Fate.GONE, Fate.NEW),
}


def test_the_table_of_transitions_says_of_each_pair_whether_it_is_legal() -> None:
    assert {(before, after) for before, later in FOLLOWS.items() for after in later} == LEGAL
    assert set(FOLLOWS) == set(Fate)


@pytest.mark.parametrize("fate", Fate)
def test_what_may_precede_a_fate_is_the_table_read_backwards_and_itself(fate: Fate) -> None:
    assert may_precede(fate) == {before for before, after in LEGAL if after is fate} | {fate}


def test_what_was_registered_is_not_sent_again_before_its_item_or_the_object_is_given_up() -> None:
    assert FOLLOWS[Fate.REGISTERED] == {Fate.SUPERSEDED, Fate.GONE}


def an_object_that_is(fate: Fate, steps: Steps) -> tuple[BucketObject, str]:
    """Bring an object to *fate*; return it and the manifest that it is in, if any."""
    found = listed("a.mp4")
    if fate is Fate.CHANGED:
        steps.register("earlier", listed("a.mp4", version="0"))
    steps.observe("run", found)
    if fate in (Fate.NEW, Fate.CHANGED):
        return found, ""
    manifest = steps.plan("run", found)
    if fate is not Fate.PLANNED:
        steps.submit("run", manifest)
    if fate in (Fate.REGISTERED, Fate.SUPERSEDED, Fate.GONE):
        steps.settle(manifest, registered=["a.mp4"])
    if fate is Fate.SUPERSEDED:
        steps.ledger.objects.set_aside(TARGET, ["item-a.mp4"])
    if fate is Fate.GONE:
        steps.miss("later", policy="tombstone")
    if fate is Fate.QUARANTINED:
        steps.settle(manifest, quarantined=["a.mp4"])
    return found, manifest


Given = Literal[Fate.PLANNED, Fate.REGISTERED, Fate.QUARANTINED]
"""The fates that a run gives to objects one by one."""


def give(fate: Given, found: BucketObject, manifest: str, steps: Steps) -> None:
    """Give the object *fate* in the way that a run would."""
    match fate:
        case Fate.PLANNED:
            steps.plan("run", found)
        case Fate.REGISTERED:
            steps.ledger.objects.settle(manifest, registered={"a.mp4": "item"}, quarantined={})
        case Fate.QUARANTINED:
            steps.ledger.objects.quarantine(TARGET, [found], "no such kind")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (before, after)
        for before, after in product(Fate, get_args(Given))
        if (before is not after or after is Fate.PLANNED)
        and (before, after) != (Fate.SUBMITTED, Fate.PLANNED)  # only into a part of its manifest
    ],
)
def test_the_ledger_takes_the_legal_transitions_and_refuses_the_others(
    before: Fate, after: Given, steps: Steps, ledger: Ledger
) -> None:
    found, manifest = an_object_that_is(before, steps)

    if (before, after) in LEGAL:
        give(after, found, manifest, steps)
    else:
        with pytest.raises(IllegalTransition) as caught:
            give(after, found, manifest, steps)
        assert caught.value.wanted == after
        assert caught.value.present == before or not manifest  # without one, nothing could be settled by name

    put = not ledger.objects.waiting(TARGET, [found])
    assert put is (before not in (Fate.NEW, Fate.SUPERSEDED, Fate.GONE) or (before, after) in LEGAL)


def test_a_refused_transition_names_the_object_and_changes_nothing(steps: Steps) -> None:
    _, manifest = an_object_that_is(Fate.REGISTERED, steps)

    with pytest.raises(IllegalTransition, match=r"a\.mp4 .*is registered; it cannot become quarantined"):
        steps.ledger.objects.settle(manifest, registered={}, quarantined={"a.mp4": "not a video"})

    assert steps.ledger.objects.fates([manifest]) == {Fate.REGISTERED: 1}
    assert steps.account("run").registered == 1


def row_of(ledger: Ledger) -> Row[Any]:
    """Return the only object of the ledger."""
    with ledger.transaction() as connection:
        return connection.execute(select(objects)).one()


def test_an_object_remembers_in_how_many_upload_jobs_it_was(steps: Steps, ledger: Ledger) -> None:
    found, first = an_object_that_is(Fate.PLANNED, steps)
    assert row_of(ledger).attempts == 0

    steps.submit("run", first)
    ledger.parts.release([first])
    steps.submit("run", steps.plan("run", found))

    assert row_of(ledger).attempts == 2


@pytest.mark.parametrize("fate", [Fate.REGISTERED, Fate.QUARANTINED])
def test_an_object_remembers_when_its_fate_was_settled(fate: Fate, steps: Steps, ledger: Ledger) -> None:
    before = time.time()

    an_object_that_is(fate, steps)

    assert before <= row_of(ledger).settled_at <= time.time()


def test_an_object_that_is_new_again_has_no_trace_of_what_it_was(steps: Steps, ledger: Ledger) -> None:
    _, manifest = an_object_that_is(Fate.SUBMITTED, steps)

    ledger.parts.release([manifest])

    row = row_of(ledger)
    assert (row.fate, row.attempts) == (Fate.NEW, 1)
    assert {row.manifest, row.unit, row.kind, row.reason, row.settled_at, row.item_uuid} == {None}


@pytest.mark.parametrize(("before", "after"), sorted(set(product(Fate, Fate)) - LEGAL))
def test_objects_are_not_moved_together_where_the_table_has_no_transition(
    before: Fate, after: Fate, ledger: Ledger
) -> None:
    with (
        ledger.transaction() as connection,
        pytest.raises(IllegalTransition, match=f"is {before}; it cannot become {after}"),
    ):
        move_all(connection, true(), before, after)


def test_fates_change_in_one_module_only() -> None:
    package = Path(transitions.__file__).parent

    assert [file.name for file in package.glob("*.py") if "update(objects)" in file.read_text()] == [
        "transitions.py"
    ]

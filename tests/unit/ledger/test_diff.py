"""A listing against the ledger: new, known, changed, and back again."""

import pytest

from encord_provider.ledger import diff as diffs
from encord_provider.ledger.fates import Fate
from encord_provider.ledger.ledger import Ledger
from encord_provider.manifest.ingestion import Changed
from encord_provider.manifest.objects import BucketObject
from tests.unit.ledger.steps import TARGET, Steps
from tests.unit.manifest.listed import listed

A, B, C = (listed(f"{name}.mp4") for name in "abc")
NEWER = listed("a.mp4", version="2")


def seen(ledger: Ledger, steps: Steps, *page: BucketObject, changed: Changed = "report") -> tuple[int, int]:
    """List one page as a new run; return how many objects are there already, and how many have changed."""
    ledger.runs.start(steps.key("seen"))
    diff = ledger.objects.diff(steps.key("seen"), now=9.0, changed=changed)
    with ledger.transaction() as connection:
        diff.observe(connection, page)
    return diff.already, diff.changed


@pytest.mark.parametrize(
    ("policy", "counted"), [("report", (1, 1)), ("ignore", (1, 0)), ("reregister", (0, 0))]
)
def test_a_newer_version_is_counted_as_the_policy_says(
    policy: Changed, counted: tuple[int, int], steps: Steps, ledger: Ledger
) -> None:
    steps.register("first", A)

    assert seen(ledger, steps, NEWER, changed=policy) == counted
    assert steps.new("seen") == ([NEWER] if policy == "reregister" else [])


def test_a_version_that_was_only_reported_is_registered_when_the_policy_changes(
    steps: Steps, ledger: Ledger
) -> None:
    steps.register("first", A)
    assert seen(ledger, steps, NEWER) == (1, 1)

    assert ledger.objects.waiting(TARGET, [NEWER]) == []
    assert ledger.objects.waiting(TARGET, [NEWER], "reregister") == [NEWER]
    assert seen(ledger, steps, NEWER, changed="reregister") == (0, 0)
    assert steps.new("seen") == [NEWER]


def test_a_newer_version_is_news_unless_it_is_to_be_ignored(steps: Steps, ledger: Ledger) -> None:
    steps.register("first", A)

    assert ledger.objects.waiting(TARGET, [NEWER]) == [NEWER]
    assert ledger.objects.waiting(TARGET, [NEWER], "ignore") == []


def test_before_a_newer_version_is_submitted_the_item_of_the_old_one_is_named(
    steps: Steps, ledger: Ledger
) -> None:
    steps.register("first", A, B)
    seen(ledger, steps, NEWER, B, changed="reregister")
    manifest = steps.plan("seen", NEWER)

    assert ledger.objects.superseded(manifest) == ["item-a.mp4"]
    ledger.objects.set_aside(TARGET, ["item-a.mp4"])
    assert ledger.objects.superseded(manifest) == []


def test_under_other_policies_no_item_is_set_aside(steps: Steps, ledger: Ledger) -> None:
    steps.observe("first", A)
    old = steps.plan("first", A)
    steps.observe("second", NEWER)
    manifest = steps.plan("second", NEWER)
    steps.settle(old, registered=["a.mp4"])

    assert ledger.objects.superseded(manifest) == []


def test_a_superseded_version_that_comes_back_is_changed_and_can_be_registered_again(
    steps: Steps, ledger: Ledger
) -> None:
    steps.register("first", A)
    seen(ledger, steps, NEWER, changed="reregister")
    newer = steps.plan("seen", NEWER)
    ledger.objects.set_aside(TARGET, ["item-a.mp4"])
    steps.settle(newer, registered=["a.mp4"])

    assert seen(ledger, steps, A) == (1, 1)
    assert seen(ledger, steps, A, changed="reregister") == (0, 0)
    assert steps.new("seen") == [A]
    assert steps.account("first").registered == 0  # the version is another run's by now


def test_a_changed_member_of_a_group_is_reported_whatever_the_policy(steps: Steps, ledger: Ledger) -> None:
    members = listed("g/1.jpg"), listed("g/2.jpg")
    steps.observe("first", *members)
    steps.settle(steps.plan("first", *members, unit="g"), registered=["g"])

    changed = listed("g/2.jpg", version="2")
    assert seen(ledger, steps, members[0], changed, changed="reregister") == (2, 1)
    assert steps.new("seen") == []


def test_an_object_that_is_listed_twice_is_answered_for_once(steps: Steps, ledger: Ledger) -> None:
    key = steps.key("run")
    ledger.runs.start(key)
    diff = ledger.objects.diff(key, now=1.0)
    with ledger.transaction() as connection:
        assert diff.observe(connection, [A, B]) == 0
        assert diff.observe(connection, [B, C]) == 1

    assert steps.account("run").open == 3


def test_pages_may_come_in_any_order_and_lie_far_apart(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diffs, "SPREAD", 1)  # so that a page of neighbours is looked up one by one, too
    everything = [listed(f"{n:03}.mp4") for n in range(100)]
    steps.register("first", *everything)

    assert steps.observe("second", everything[99], everything[50], everything[0]) == 3
    assert steps.observe("third", *reversed(everything[:50])) == 50
    assert steps.observe("fourth", everything[0], listed("new.mp4"), everything[99]) == 2
    assert steps.new("fourth") == [listed("new.mp4")]


def test_what_a_listing_does_not_show_is_missing_until_one_shows_it(steps: Steps) -> None:
    steps.register("first", A, B, C)

    assert steps.miss("second", A, B, C) == 0
    assert steps.miss("second", A) == 2
    assert steps.miss("third", A) == 2
    assert steps.miss("fourth", A, C) == 1
    assert steps.miss("fifth", A, B, C) == 0


def test_a_tombstone_is_counted_once_and_what_comes_again_is_new(steps: Steps, ledger: Ledger) -> None:
    first = steps.register("first", A, B)

    assert steps.miss("second", A, policy="tombstone") == 1
    assert ledger.objects.fates([first]) == {Fate.REGISTERED: 1, Fate.GONE: 1}
    assert steps.account("first").registered == 2
    assert steps.miss("third", A, policy="tombstone") == 0
    assert ledger.objects.waiting(TARGET, [A, B]) == [B]
    assert steps.miss("fourth", A, B, policy="tombstone") == 0
    assert steps.new("fourth") == [B]


def test_a_changed_object_that_goes_is_one_gone_object_and_comes_back_as_new(steps: Steps) -> None:
    steps.register("first", A)
    steps.observe("second", NEWER)

    assert steps.miss("third", policy="tombstone") == 1
    steps.miss("fourth", NEWER)
    assert steps.new("fourth") == [NEWER]


def test_a_group_is_given_up_when_all_of_it_is_missing(steps: Steps, ledger: Ledger) -> None:
    members = listed("g/1.jpg"), listed("g/2.jpg")
    steps.observe("first", *members)
    manifest = steps.plan("first", *members, unit="g")
    steps.settle(manifest, registered=["g"])

    assert steps.miss("second", members[0], policy="tombstone") == 1
    assert ledger.objects.fates([manifest]) == {Fate.REGISTERED: 2}
    assert steps.miss("third", policy="tombstone") == 2
    assert ledger.objects.fates([manifest]) == {Fate.GONE: 2}
    steps.observe("fourth", *members)
    assert steps.new("fourth") == list(members)


def test_what_is_not_of_the_source_or_left_out_is_not_missing(steps: Steps) -> None:
    elsewhere = BucketObject("b.mp4", "https://fleet.example.com.evil/b.mp4", 1, "1", A.last_modified)
    steps.register("first", A, elsewhere, listed("b.tmp"))

    assert steps.miss("second", A) == 0


def test_what_is_in_a_job_in_quarantine_or_only_seen_is_not_missing(steps: Steps, ledger: Ledger) -> None:
    steps.observe("first", A, B, C)
    steps.plan("first", A)
    ledger.objects.quarantine(TARGET, [B], "no such kind")

    assert steps.miss("second", policy="tombstone") == 0


def test_many_missing_objects_are_found_in_parts(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("encord_provider.ledger.missing.ROWS", 7)
    everything = [listed(f"{n:03}.mp4") for n in range(50)]
    steps.register("first", *everything)
    steps.observe("second", *[listed(obj.key, version="2") for obj in everything[:20]])

    assert steps.miss("third", *everything[::2], policy="tombstone") == 25
    assert steps.miss("fourth", *everything[::2]) == 0

"""Runs and their accounts."""

import pytest
from sqlalchemy import func, select

from encord_provider.errors import NotFound
from encord_provider.ledger import runs
from encord_provider.ledger.fates import Fate
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.runs import Account, Listing
from encord_provider.ledger.tables import run_objects
from tests.unit.ledger.steps import TARGET, Steps
from tests.unit.manifest.listed import listed

A, B, C = listed("a.mp4"), listed("b.mp4"), listed("c.mp4")


def test_a_listing_is_read_back_as_it_was_recorded(steps: Steps, ledger: Ledger) -> None:
    listing = Listing(discovered=2**40, excluded=5, already=4, pending=3)
    run = steps.key("dag/run", "s3://fleet/2026 é/")
    ledger.runs.start(run)

    ledger.runs.record(run, listing, 1.0)

    assert ledger.runs.listing(run) == listing


def test_a_listing_of_nothing_is_all_zeros() -> None:
    assert Listing() == Listing(discovered=0, excluded=0, already=0, pending=0)


def test_a_repeated_listing_replaces_the_earlier_one(steps: Steps, ledger: Ledger) -> None:
    steps.record("dag/run", A)
    steps.record("dag/run", A, B)

    assert ledger.runs.listing(steps.key("dag/run")).discovered == 2


def test_a_run_that_never_listed_to_the_end_is_said_to_have_no_listing(steps: Steps, ledger: Ledger) -> None:
    with pytest.raises(NotFound, match="dag/run"):
        ledger.runs.listing(steps.key("dag/run"))

    steps.observe("dag/run", A)
    with pytest.raises(NotFound, match="dag/run"):
        ledger.runs.listing(steps.key("dag/run"))


def test_a_run_that_lists_anew_has_no_listing_until_it_is_done(steps: Steps, ledger: Ledger) -> None:
    steps.record("dag/run", A)

    steps.observe("dag/run", A, B)

    with pytest.raises(NotFound, match="dag/run"):
        ledger.runs.listing(steps.key("dag/run"))


def test_two_folders_of_one_run_have_two_accounts(ledger: Ledger) -> None:
    folders = [Steps(ledger, f"https://api.example.com#{folder}") for folder in ("fleet", "drones")]
    for steps in folders:
        steps.record("dag/run", A)

    for steps in folders:
        assert steps.account("dag/run") == Account(registered=0, already=0, quarantined=0, open=1)
        assert steps.new("dag/run") == [A]


def test_two_sources_of_one_run_have_two_accounts(steps: Steps, ledger: Ledger) -> None:
    sources = {"s3://fleet/": [A, B], "s3://drones/": [C]}
    for source, page in sources.items():
        run = steps.key("dag/run", source)
        ledger.runs.start(run)
        ledger.objects.forget_new(TARGET)
        diff = ledger.objects.diff(run, now=1.0)
        with ledger.transaction() as connection:
            diff.observe(connection, page)
        steps.plan("dag/run", *ledger.objects.new(run))
        ledger.runs.record(run, Listing(len(page)), 2.0)

    for source, page in sources.items():
        run = steps.key("dag/run", source)
        assert ledger.runs.account(run).open == ledger.runs.listing(run).discovered == len(page)


def test_an_account_follows_an_object_through_its_fates(steps: Steps, ledger: Ledger) -> None:
    steps.observe("run", A, B, C)
    assert steps.account("run") == Account(0, 0, 0, open=3)
    ledger.objects.quarantine(TARGET, [C], "no such kind")
    manifest = steps.plan("run", A, B)
    assert steps.account("run") == Account(0, 0, quarantined=1, open=2)
    steps.submit("run", manifest)
    assert steps.account("run") == Account(0, 0, quarantined=1, open=2)
    steps.settle(manifest, registered=["a.mp4"], quarantined=["b.mp4"])
    assert steps.account("run") == Account(registered=1, already=0, quarantined=2, open=0)


def test_what_another_runs_job_registers_was_there_already_for_this_one(steps: Steps) -> None:
    steps.observe("first", A)
    manifest = steps.plan("first", A)
    steps.submit("first", manifest)
    steps.observe("second", A)

    steps.settle(manifest, registered=["a.mp4"])

    assert steps.account("first") == Account(registered=1, already=0, quarantined=0, open=0)
    assert steps.account("second") == Account(registered=0, already=1, quarantined=0, open=0)


def test_a_manifest_of_a_run_that_died_counts_for_the_run_that_submits_it(steps: Steps) -> None:
    steps.observe("died", A)
    manifest = steps.plan("died", A)
    steps.observe("next", A)

    steps.submit("next", manifest)
    steps.settle(manifest, registered=["a.mp4"])

    assert steps.account("next") == Account(registered=1, already=0, quarantined=0, open=0)


def test_a_shared_manifest_counts_only_with_the_objects_that_this_run_listed(steps: Steps) -> None:
    steps.observe("first", A, B, C)
    manifest = steps.plan("first", A, B, C)
    steps.submit("first", manifest)

    steps.observe("second", A, B)  # c.mp4 was deleted, or is under another prefix
    steps.settle(manifest, registered=["a.mp4"], quarantined=["b.mp4", "c.mp4"])

    assert steps.account("second") == Account(registered=0, already=1, quarantined=1, open=0)
    assert steps.account("first") == Account(registered=1, already=0, quarantined=2, open=0)


def test_what_an_earlier_try_of_the_run_listed_and_this_one_did_not_is_out_of_its_account(
    steps: Steps, ledger: Ledger
) -> None:
    steps.observe("run", A, B)
    ledger.objects.quarantine(TARGET, [A], "the object is empty")
    steps.plan("run", B)

    assert steps.observe("run", C) == 0

    assert steps.account("run") == Account(0, 0, 0, open=1)


@pytest.mark.parametrize("tries", [1, 2, 3])
def test_the_account_of_a_listing_is_the_same_however_often_it_is_repeated(steps: Steps, tries: int) -> None:
    steps.register("earlier", A)
    newer = listed("a.mp4", version="2")

    for _ in range(tries):
        already = steps.observe("run", newer, B)
        assert already + steps.account("run").already + steps.account("run").open == 2
        if not steps.ledger.manifests.of_run(steps.key("run")):
            steps.plan("run", B)


def test_the_quarantined_objects_of_a_run_are_named_with_their_reasons_by_key(
    steps: Steps, ledger: Ledger
) -> None:
    steps.observe("run", B, A)
    ledger.objects.quarantine(TARGET, [B], "no such kind")
    ledger.objects.quarantine(TARGET, [A], "empty")

    (page,) = ledger.quarantine.pages(steps.key("run"))
    assert [(found.key, found.url, found.version, found.reason) for found in page] == [
        ("a.mp4", A.url, A.version, "empty"),
        ("b.mp4", B.url, B.version, "no such kind"),
    ]
    assert list(ledger.quarantine.pages(steps.key("another"))) == []


def test_what_a_failed_job_did_not_reach_stays_in_the_account_of_the_run_that_listed_it(steps: Steps) -> None:
    steps.observe("first", A)
    manifest = steps.plan("first", A)
    steps.submit("first", manifest)
    steps.ledger.parts.release([manifest])
    steps.ledger.manifests.settled(manifest, 5.0)
    assert steps.account("first") == Account(0, 0, 0, open=1)

    steps.observe("second", A)
    assert steps.account("first") == Account(0, 0, 0, open=1)
    again = steps.plan("second", A)
    steps.submit("second", again)
    steps.settle(again, registered=["a.mp4"])

    assert steps.account("first") == Account(registered=0, already=1, quarantined=0, open=0)
    assert steps.account("second") == Account(registered=1, already=0, quarantined=0, open=0)


def test_what_one_run_holds_back_stays_in_the_account_of_another(steps: Steps, ledger: Ledger) -> None:
    steps.observe("first", A)
    manifest = steps.plan("first", A)
    steps.submit("first", manifest)
    ledger.parts.release([manifest])

    steps.observe("second", A)
    steps.hold("second", A)

    assert steps.account("first") == Account(0, 0, 0, open=1)
    assert steps.account("second") == Account(0, 0, 0, open=0)
    assert ledger.objects.waiting(TARGET, [A]) == [A]


def test_the_accounts_of_old_runs_are_forgotten_and_what_became_of_objects_is_not(
    ledger: Ledger, steps: Steps
) -> None:
    manifest = steps.register("old", listed("a.mp4"), listed("b.mp4"))
    steps.record("old", listed("a.mp4"), listed("b.mp4"))

    assert ledger.runs.prune(before=100.0) == 1

    assert steps.account("old") == Account(registered=0, already=0, quarantined=0, open=0)
    with pytest.raises(NotFound):
        ledger.runs.listing(steps.key("old"))
    assert ledger.objects.fates([manifest]) == {Fate.REGISTERED: 2}
    assert steps.observe("new", listed("a.mp4"), listed("b.mp4")) == 2


def test_a_recent_run_keeps_its_account(ledger: Ledger, steps: Steps) -> None:
    steps.register("recent", listed("a.mp4"))
    steps.record("recent", listed("a.mp4"))

    assert ledger.runs.prune(before=1.0) == 0
    assert ledger.runs.listing(steps.key("recent")).discovered == 1


@pytest.mark.parametrize("submitted", [False, True])
def test_a_run_whose_objects_are_on_their_way_keeps_its_account(
    ledger: Ledger, steps: Steps, *, submitted: bool
) -> None:
    steps.record("open", listed("a.mp4"))
    manifest = steps.plan("open", listed("a.mp4"))
    if submitted:
        steps.submit("open", manifest)

    assert ledger.runs.prune(before=100.0) == 0
    assert steps.account("open").open == 1


def test_a_large_account_is_forgotten_whole(
    ledger: Ledger, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "PRUNE_PAGE", 3)
    steps.register("old", *(listed(f"{number}.mp4") for number in range(10)))
    steps.record("old", *(listed(f"{number}.mp4") for number in range(10)))

    ledger.runs.prune(before=100.0)

    with ledger.transaction() as connection:
        assert connection.scalar(select(func.count()).select_from(run_objects)) == 0

"""What only one task may do at a time."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import insert, select

from encord_provider.errors import LeaseHeld
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.tables import leases
from tests.unit.ledger.together import hold_lease, together

LONG = 600.0


def test_a_lease_that_is_held_is_refused_to_others_with_the_name_of_the_holder(ledger: Ledger) -> None:
    with (
        ledger.leases.hold("build", "run-1", LONG),
        pytest.raises(LeaseHeld, match="build is held by run-1"),
        ledger.leases.hold("build", "run-2", LONG),
    ):
        pass


def test_a_lease_is_free_after_its_block_even_when_the_block_raises(ledger: Ledger) -> None:
    with pytest.raises(ZeroDivisionError), ledger.leases.hold("build", "run-1", LONG):
        raise ZeroDivisionError

    with ledger.leases.hold("build", "run-2", LONG):
        pass


def test_leases_of_different_names_do_not_hinder_each_other(ledger: Ledger) -> None:
    with ledger.leases.hold("build a", "run-1", LONG), ledger.leases.hold("build b", "run-2", LONG):
        pass


def test_a_lease_that_has_run_out_is_free(ledger: Ledger) -> None:
    with ledger.leases.hold("build", "died", -1), ledger.leases.hold("build", "next", LONG):
        pass


def test_the_next_try_of_a_task_that_died_need_not_wait(ledger: Ledger) -> None:
    with (
        ledger.leases.hold("build", "run-1", LONG) as lost,
        ledger.leases.hold("build", "run-1", LONG) as taken,
    ):
        with pytest.raises(LeaseHeld):
            lost.prolong()
        taken.prolong()


def test_the_next_try_waits_while_the_one_before_may_be_at_what_must_not_be_done_twice(
    ledger: Ledger,
) -> None:
    with ledger.leases.hold("folder", "run-1", LONG) as held:
        held.prolong(doing="making it")
        with (
            pytest.raises(LeaseHeld, match="folder is held by run-1, making it"),
            ledger.leases.hold("folder", "run-1", LONG),
        ):
            pass

    with ledger.leases.hold("folder", "run-1", LONG):
        pass


def test_what_the_next_try_took_before_that_is_not_begun(ledger: Ledger) -> None:
    with (
        ledger.leases.hold("folder", "run-1", LONG) as held,
        ledger.leases.hold("folder", "run-1", LONG),
        pytest.raises(LeaseHeld),
    ):
        held.prolong(doing="making it")


def test_a_lease_is_given_back_also_when_the_one_it_was_taken_under_is_lost(ledger: Ledger) -> None:
    with ledger.leases.hold("submit", "run-1", LONG) as outer:
        inner = ledger.under(outer).leases.hold("folder", "run-1", LONG)
        with inner, ledger.leases.hold("submit", "run-1", LONG):
            pass

    with ledger.leases.hold("folder", "run-2", LONG):
        pass


def test_a_holder_that_lost_its_lease_does_not_release_the_next_ones(ledger: Ledger) -> None:
    first = ledger.leases.hold("build", "run-1", -1)
    first.__enter__()
    with ledger.leases.hold("build", "run-2", LONG):
        first.__exit__(None, None, None)

        with pytest.raises(LeaseHeld), ledger.leases.hold("build", "run-3", LONG):
            pass


def test_a_holder_that_lost_its_lease_learns_of_it_when_it_prolongs(ledger: Ledger) -> None:
    with ledger.leases.hold("build", "run-1", -1) as lease:
        with ledger.leases.hold("build", "run-2", LONG), pytest.raises(LeaseHeld):
            lease.prolong()

        with pytest.raises(LeaseHeld):  # also when the other one is done
            lease.prolong()


def test_a_lease_that_ran_out_and_that_nobody_took_can_be_prolonged(ledger: Ledger) -> None:
    with ledger.leases.hold("build", "run-1", -1) as lease:
        lease.prolong()


def test_a_prolonged_lease_is_held_from_then_on(ledger: Ledger) -> None:
    with ledger.leases.hold("build", "run-1", LONG) as lease:
        lease.prolong()
        with pytest.raises(LeaseHeld), ledger.leases.hold("build", "run-2", LONG):
            pass


def test_who_is_patient_gets_the_lease_when_it_has_run_out(ledger: Ledger) -> None:
    with ledger.leases.hold("build", "died", 0.3):
        with pytest.raises(LeaseHeld), ledger.leases.hold("build", "hasty", LONG):
            pass

        with ledger.leases.hold("build", "patient", LONG, patience=30) as lease:
            lease.prolong()


def test_patience_has_an_end(ledger: Ledger) -> None:
    with (
        ledger.leases.hold("build", "run-1", LONG),
        pytest.raises(LeaseHeld),
        ledger.leases.hold("build", "run-2", LONG, patience=0.01),
    ):
        pass


def test_threads_hold_a_lease_one_after_the_other(url: str) -> None:
    inside: list[int] = []
    overlaps: list[int] = []

    def enter(number: int) -> None:
        with Ledger(url) as ledger, ledger.leases.hold("build", f"run-{number}", LONG, patience=60):
            overlaps.extend(inside)
            inside.append(number)
            inside.remove(number)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(enter, range(6)))

    assert overlaps == []


def test_processes_hold_a_lease_one_after_the_other(url: str, tmp_path: Path) -> None:
    assert together(hold_lease, url, str(tmp_path)) == ("", 0)


def test_a_worker_whose_clock_is_fast_takes_no_lease_before_its_time(
    schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ledger(schema) as ledger, ledger.leases.hold("build", "run-1", LONG):
        monkeypatch.setattr(time, "time", lambda: 9e9)

        with pytest.raises(LeaseHeld), ledger.leases.hold("build", "run-2", LONG):
            pass


def test_what_a_holder_wrote_is_there_before_another_has_its_lease(url: str) -> None:
    took = Event()

    def take() -> bool:
        with Ledger(url) as ledger, ledger.leases.hold("build", "run-2", LONG, patience=30):
            took.set()
            with ledger.transaction() as connection:
                return connection.scalar(select(leases.c.holder).where(leases.c.name == "mark")) == "run-1"

    with (
        Ledger(url) as ledger,
        ThreadPoolExecutor(1) as pool,
        ledger.leases.hold("build", "run-1", 0.01) as lapsed,
    ):
        with ledger.under(lapsed).transaction() as connection:
            waiting = pool.submit(take)
            assert not took.wait(0.5)
            mark = {"name": "mark", "holder": "run-1", "token": "", "expires_at": 0.0}
            connection.execute(insert(leases).values(mark))

        assert waiting.result()
        with pytest.raises(LeaseHeld), ledger.under(lapsed).transaction():
            pass

"""The ledger as a whole."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from encord_provider.ledger.ledger import Ledger
from tests.unit.ledger.steps import Steps
from tests.unit.manifest.listed import listed


def test_what_was_written_is_there_when_the_ledger_is_opened_again(url: str) -> None:
    with Ledger(url) as first:
        Steps(first).register("run", listed("a.mp4"))

    with Ledger(url) as second:
        assert Steps(second).account("run").registered == 1


def test_a_transaction_that_raises_leaves_nothing_behind(ledger: Ledger) -> None:
    def take_twice() -> None:
        with ledger.transaction() as connection:
            for _ in range(2):
                connection.execute(text("INSERT INTO leases VALUES ('build', 'run', 'token', 9e9)"))

    with pytest.raises(IntegrityError):
        take_twice()

    with ledger.leases.hold("build", "another", 60):
        pass


def test_threads_that_open_a_new_ledger_at_once_do_not_fail(url: str) -> None:
    together = Barrier(8)

    def open_it(number: int) -> int:
        together.wait()
        with Ledger(url) as ledger:
            Steps(ledger, f"target-{number}").observe("run", listed("a.mp4"))
            return len(Steps(ledger, f"target-{number}").new("run"))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(open_it, range(8))) == [1] * 8


def test_threads_that_write_at_once_lose_nothing(url: str) -> None:
    def write(number: int) -> None:
        with Ledger(url) as ledger:
            steps = Steps(ledger, f"target-{number % 2}")
            ledger.runs.start(steps.key(f"run-{number}"))
            for n in range(5):
                found = listed(f"{number}-{n}.mp4")
                diff = ledger.objects.diff(steps.key(f"run-{number}"), now=1.0)
                with ledger.transaction() as connection:
                    diff.observe(connection, [found])
                steps.plan(f"run-{number}", found)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))

    with Ledger(url) as ledger:
        counted = [Steps(ledger, f"target-{n % 2}").account(f"run-{n}").open for n in range(4)]
    assert counted == [5] * 4

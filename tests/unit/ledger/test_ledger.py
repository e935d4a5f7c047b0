"""The ledger as a whole."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
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


def test_a_written_transaction_survives_the_loss_of_power(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2  # FULL


def test_threads_that_open_a_new_ledger_at_once_do_not_fail(url: str) -> None:
    together = Barrier(8)

    def open_it(number: int) -> int:
        together.wait()
        with Ledger(url) as ledger:
            Steps(ledger, f"target-{number}").observe("run", listed("a.mp4"))
            return len(Steps(ledger, f"target-{number}").new("run"))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(open_it, range(8))) == [1] * 8


_OPEN_TOGETHER = """
import sys
from encord_provider.ledger.ledger import Ledger

print("ready", flush=True)
sys.stdin.readline()
Ledger(sys.argv[1]).close()
"""


def test_processes_that_open_a_new_ledger_at_once_do_not_fail(url: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _OPEN_TOGETHER, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()

    assert [(process.communicate()[1], process.returncode) for process in processes] == [("", 0)] * 2


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


def test_a_closed_ledger_leaves_the_file_to_others(url: str, tmp_path: Path) -> None:
    with Ledger(url) as ledger:
        Steps(ledger).observe("run", listed("a.mp4"))

    with sqlite3.connect(tmp_path / "ledger.db", timeout=0) as connection:
        assert connection.execute("SELECT count(*) FROM objects").fetchone() == (1,)
        connection.execute("BEGIN EXCLUSIVE")
    connection.close()


def test_the_file_may_have_an_odd_name(tmp_path: Path) -> None:
    odd = tmp_path / "100% of #1, é" / "ledger+1.db"
    odd.parent.mkdir()

    with Ledger(f"sqlite:///{odd}") as ledger:
        Steps(ledger).register("run", listed("a.mp4"))

    assert odd.exists()

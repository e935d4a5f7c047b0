"""A folder is linked by processes that are killed half way: every row is there once, none is missing."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from encord_provider.ingestion.verify import verify
from tests.concurrency.linking import DATASET
from tests.filled import FOLDER, Filled, filled

PATIENCE_SECONDS = 900
POLL_SECONDS = 0.02


def rows_of(encord: Filled) -> int:
    """Count the data rows below the API, so that the counting slows no request down."""
    with sqlite3.connect(f"file:{encord.state / 'sandbox.db'}?mode=ro", uri=True) as connection:
        (count,) = connection.execute("SELECT count(*) FROM data_rows").fetchone()
    return int(count)


def linking(encord: Filled, ledger: Path) -> subprocess.Popen[str]:
    """Begin to link, as a task's process does."""
    program = [sys.executable, "-m", "tests.concurrency.linking", encord.url, str(encord.state)]
    return subprocess.Popen([*program, f"sqlite:///{ledger}"], stdout=subprocess.PIPE, text=True)


def killed_at(encord: Filled, ledger: Path, rows: int) -> int:
    """Kill a process as soon as there are so many rows; return how many there are then."""
    with linking(encord, ledger) as process:
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while rows_of(encord) < rows:
            assert process.poll() is None, "it ended before it could be killed"
            assert time.monotonic() < give_up_at
            time.sleep(POLL_SECONDS)
        os.kill(process.pid, signal.SIGKILL)
    return rows_of(encord)


def check(count: int, directory: Path, *, kills: int) -> None:
    """Link *count* items with *kills* deaths on the way."""
    ledger = directory / "ledger.db"
    with filled(directory / "state", count) as encord:
        for kill in range(1, kills + 1):
            there = killed_at(encord, ledger, count * kill // (kills + 1))
            assert 0 < there < count, "the kill came in the middle"
        with linking(encord, ledger) as last:
            printed, _ = last.communicate(timeout=PATIENCE_SECONDS)

        linked, already = map(int, printed.split())
        api = encord.api()
        found = verify(api, DATASET, {item.uuid: item.name for item in api.items(FOLDER)})
        titles = [row.title for row in api.rows(api.dataset(DATASET))]

    assert linked + already == count
    assert 0 < linked < count, "the last process linked the rest, and nothing but the rest"
    assert found.counts == {"expected": count, "rows": count, "missing": 0, "extra": 0, "repeated": 0}
    assert titles == sorted(titles), "the rows are in the order of the folder"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_folder_is_linked_whole_by_processes_that_are_killed(tmp_path: Path) -> None:
    check(4_000, tmp_path, kills=1)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_hundred_thousand_items_are_linked_by_processes_that_are_killed(tmp_path: Path) -> None:
    check(100_000, tmp_path, kills=2)

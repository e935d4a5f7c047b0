"""The main job, as a newcomer runs it: a command in a process of its own."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest

from demo.corpus import CORPUS
from tests.airflow_processes.processes import children, of_state
from tests.docs.pages import Page
from tests.patience import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

INTERRUPTED = 130


def command(state: Path) -> Sequence[str]:
    return [sys.executable, "-m", "demo", "--state", str(state)]


def run(state: Path) -> tuple[str, dict[str, Any]]:
    """Run the demo to its end; return what it printed, and its receipt."""
    ended = subprocess.run(command(state), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout, json.loads(ended.stdout.splitlines()[-1])


def test_the_corpus_is_registered_once_and_the_second_run_finds_nothing_new(tmp_path: Path) -> None:
    printed, receipt = run(tmp_path)

    assert receipt["closed"]
    assert receipt["discovered"] == len(CORPUS)
    assert receipt["registered"] == len(CORPUS.must_land)
    assert receipt["excluded"] == len(CORPUS.excluded_keys)
    assert receipt["quarantined"] == len(CORPUS.poison_keys)
    assert all(f"{key}: " in printed for key in CORPUS.poison_keys)
    _, *shown = Page.read("getting-started").under("Without an account").blocks("text")[0].code.splitlines()
    assert "\n".join(shown) in printed

    printed, again = run(tmp_path)

    assert again["closed"]
    assert (again["discovered"], again["registered"]) == (receipt["discovered"], 0)
    assert again["already"] == receipt["registered"]
    assert "nothing is new since the last run" in printed
    assert eventually(lambda: not of_state(tmp_path)), of_state(tmp_path)


def test_a_component_that_dies_ends_the_demo_and_is_named(tmp_path: Path) -> None:
    with started(tmp_path, until="nightly_ingest runs") as demo:
        [api_server] = children(demo.pid, named="api.server")
        api_server.kill()
        _, errors = demo.communicate()

    assert demo.returncode == 1
    assert "airflow api-server ended with code -9" in errors
    assert eventually(lambda: not of_state(tmp_path)), of_state(tmp_path)


@pytest.mark.parametrize(
    ("moment", "told"),
    [("S3 server at", signal.SIGTERM), ("Airflow starts", signal.SIGINT), ("submit[0]", signal.SIGTERM)],
)
def test_told_to_end_at_any_moment_it_ends_every_process(
    tmp_path: Path, told: signal.Signals, moment: str
) -> None:
    with started(tmp_path, until=moment) as demo:
        demo.send_signal(told)
        demo.communicate()

    assert demo.returncode == INTERRUPTED
    assert eventually(lambda: not of_state(tmp_path)), of_state(tmp_path)


@contextmanager
def started(state: Path, until: str) -> Iterator[subprocess.Popen[str]]:
    """Start the demo and go on when it prints what is named; afterwards it has ended."""
    with subprocess.Popen(command(state), stdout=PIPE, stderr=PIPE, text=True) as demo:
        assert demo.stdout is not None
        try:
            assert any(until in line for line in demo.stdout)
            yield demo
        finally:
            demo.terminate()

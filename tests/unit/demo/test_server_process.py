"""Servers that run beside us: they are watched, and they do not outlive us."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from demo.server_process import ServerDied, ServerNotReady, ServerProcess, running
from tests.patience import eventually

DEADLINE_SECONDS = 20

# Prints its own process and that of a child; both ignore SIGTERM.
STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child:
    print(os.getpid(), child, flush=True)
time.sleep(600)
"""

# Starts a server and waits; run with the log's path.
PARENT = """
import sys, time
from pathlib import Path
from demo.server_process import ServerProcess
server = ServerProcess("sleeper", ["sleep", "600"], Path(sys.argv[1]))
print(server.pid, flush=True)
time.sleep(600)
"""


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"  # ended, and only not yet asked about


def test_a_server_that_ends_by_itself_is_reported_with_its_last_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('no room left'); raise SystemExit(7)"]

    with running("store", command, tmp_path / "log") as server, pytest.raises(ServerDied) as raised:
        server.wait_until(lambda: False, DEADLINE_SECONDS)

    assert (raised.value.name, raised.value.code, raised.value.last_words) == ("store", 7, "no room left")


def test_a_server_that_does_not_answer_is_reported(tmp_path: Path) -> None:
    with running("store", ["sleep", "600"], tmp_path / "log") as server, pytest.raises(ServerNotReady):
        server.wait_until(lambda: False, 0.1)


def test_a_program_that_ends_well_is_waited_for(tmp_path: Path) -> None:
    with running("migration", [sys.executable, "-c", "print('done')"], tmp_path / "log") as program:
        program.wait_until_done(DEADLINE_SECONDS)

        assert program.tail() == "done"


def test_a_program_that_ends_badly_is_reported(tmp_path: Path) -> None:
    with running("migration", ["false"], tmp_path / "log") as program, pytest.raises(ServerDied):
        program.wait_until_done(DEADLINE_SECONDS)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_stopping_ends_the_whole_group_even_those_that_do_not_listen(tmp_path: Path) -> None:
    server = ServerProcess("stubborn", [sys.executable, "-c", STUBBORN], tmp_path / "log")
    server.wait_until(lambda: len(server.tail().split()) == 2, DEADLINE_SECONDS)
    members = [int(pid) for pid in server.tail().split()]
    assert all(map(is_running, members))

    server.stop(grace_seconds=0.2)

    assert eventually(lambda: not any(map(is_running, members)))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent died")
def test_a_server_ends_when_we_are_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        server = int(parent.stdout.readline())
        assert is_running(server)
        os.kill(parent.pid, signal.SIGKILL)

    assert eventually(lambda: not is_running(server))

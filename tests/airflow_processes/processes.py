"""What runs on this machine, as far as a test is concerned."""

import re
from pathlib import Path

import psutil  # type: ignore[import-untyped] # it ships none


def family(pid: int) -> list[psutil.Process]:
    """Return a process with all that it started, and what those started."""
    leader = psutil.Process(pid)
    return [leader, *leader.children(recursive=True)]


def children(pid: int, *, named: str) -> list[psutil.Process]:
    """Return the processes that a process started itself whose command lines match a regular expression."""
    started = psutil.Process(pid).children()
    return [process for process in started if re.search(named, _shown(process))]


def of_state(state: Path) -> list[str]:
    """Return the command lines of the processes that work on a demo's state, from their arguments or settings."""
    return [_shown(process) for process in psutil.process_iter() if _mentions(process, str(state))]


def _mentions(process: psutil.Process, path: str) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        mentions = [*process.cmdline(), process.environ().get("AIRFLOW_HOME", "")]
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
    return any(path in mention for mention in mentions)


def _shown(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return str(process.pid)

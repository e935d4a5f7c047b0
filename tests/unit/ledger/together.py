"""Real processes that do the same thing to one ledger at the same moment."""

import multiprocessing
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from encord_provider.ledger.ledger import Ledger

COUNT = 8
LEASE_SECONDS = 600
PATIENCE_SECONDS = 60


def together(action: Callable[..., None], *arguments: str) -> tuple[str, int]:
    """Run an *action* of this module in 8 processes; return what they say on stderr, and how many fail.

    They are forked from a process of its own, which has no thread and no connection.
    """
    program = [sys.executable, "-m", __name__, action.__name__, *arguments]
    done = subprocess.run(program, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    return done.stderr, done.returncode


def open_ledger(_number: int, url: str) -> None:
    """Open a ledger that may be new."""
    Ledger(url).close()


def hold_lease(number: int, url: str, directory: str) -> None:
    """Hold a lease several times, and leave a mark while it is held that no other process may see."""
    mark = Path(directory, "inside")
    with Ledger(url) as ledger:
        for _ in range(10):
            with ledger.leases.hold("build", f"run-{number}", LEASE_SECONDS, patience=PATIENCE_SECONDS):
                mark.touch(exist_ok=False)
                mark.unlink()


def main(name: str, *arguments: str) -> int:
    """Run the action *name* in all processes; return how many fail."""
    fork = multiprocessing.get_context("fork")
    barrier = fork.Barrier(COUNT)

    def act(number: int) -> None:
        barrier.wait()
        globals()[name](number, *arguments)

    processes = [fork.Process(target=act, args=(number,)) for number in range(COUNT)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return sum(process.exitcode != 0 for process in processes)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

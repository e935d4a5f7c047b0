"""A synthetic server in a process of its own, so that what it costs is not measured with the rest."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def running(module: str, argument: str) -> Iterator[str]:
    """Run *module* as a program for the length of a block; yield its address.

    The first line that it prints is its port on 127.0.0.1.
    """
    command = [sys.executable, "-m", module, argument]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()

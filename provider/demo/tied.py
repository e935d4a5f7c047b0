"""Become another program that ends when its parent ends, however the parent ends.

``python tied.py PARENT_PID PROGRAM [ARGUMENT ...]``. On Linux the kernel sends SIGTERM to this process when
the parent dies, even by SIGKILL; elsewhere this only starts the program. A program of its own, because Python
advises against running code between fork and exec in a process that has threads.
"""

import ctypes
import os
import signal
import sys

# <linux/prctl.h>: the signal that this process gets when its parent dies; kept across exec.
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask the kernel for the signal, then replace this process by the program."""
    parent, program = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the kernel was asked
            sys.exit(f"{program[0]}: not started, its parent {parent} is gone")
    os.execvp(program[0], program)  # noqa: S606 - becoming the program is the purpose


if __name__ == "__main__":
    main()

"""Waiting for what comes about by itself."""

import time
from collections.abc import Callable

PATIENCE_SECONDS = 30


def eventually(is_so: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> bool:
    """Ask until the answer is yes, or until *seconds* have passed."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True

"""What happens when: lines with the time passed, and what each stage took."""

import contextlib
import time
from collections.abc import Iterator


class Stopwatch:
    """Started by the constructor; prints as it goes."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self.stages: dict[str, float] = {}
        """What each finished stage took, in seconds, in the order they ended."""

    @property
    def seconds(self) -> float:
        """Time passed since the start."""
        return time.monotonic() - self._started

    def say(self, text: str) -> None:
        """Print one line, with the time passed."""
        print(f"{self.seconds:7.1f} s  {text}", flush=True)

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage; one that raises is not counted."""
        started = self.seconds
        yield
        self.stages[name] = self.seconds - started

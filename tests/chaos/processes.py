"""Processes of a storm: each a greenlet that stops before and after every side effect, and is told how to go on.

Only one runs at a time, and only the storm says which, so that a seed always gives the same storm.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from greenlet import getcurrent, greenlet


class Order(Enum):
    """How a process that has stopped at a point goes on."""

    GO = auto()
    KILL = auto()
    """As by ``kill -9``: it does nothing more, no clean-up either."""

    TERMINATE = auto()
    """As when a person clears the task: its clean-up still runs."""


@dataclass(frozen=True)
class Trouble:
    """What happens to the request that is about to be sent."""

    effect: str
    """A fault of the sandbox: ``status``, ``drop_before`` or ``drop_after``."""

    times: int
    """How many tries of it, those that the SDK makes by itself included."""

    status: int = 503


class Killed(BaseException):
    """Unwinds a process that is dead."""


class Terminated(BaseException):
    """Unwinds a process that was told to end."""


class Process(greenlet):  # type: ignore[misc]  # greenlet is not typed
    """One try of one task."""

    point: str | None = None
    """Where it has stopped."""

    result: Any = None
    error: BaseException | None = None
    writing = False
    """Whether a transaction is open: nobody else can write, so it must not stop now."""

    def __init__(self, name: str, body: Callable[[], Any]) -> None:
        super().__init__()
        self.name = name
        self._body = body
        self._killed = False
        self._began = False

    def __repr__(self) -> str:
        """Say who stands where."""
        return f"{self.name} at {self.point}"

    def run(self) -> None:
        """Do the task's work, and keep what came of it."""
        self._began = True
        try:
            self.result = self._body()
        except BaseException as error:  # noqa: BLE001 - the storm sorts what ended a process
            self.error = error

    def go_on(self, order: Order | Trouble = Order.GO) -> None:
        """Let it do what comes next, up to the next point."""
        self.switch(*([order] if self._began else []))

    def kill(self) -> None:
        """End it where it stands."""
        if self.dead or not self._began:
            return
        self._killed = True
        self.switch(Order.KILL)

    def stop(self, point: str) -> Trouble | None:
        """Stop at *point* until told to go on; return what is to happen to the request, if anything."""
        if self._killed:
            raise Killed
        assert not self.writing, f"{self.name} does something else in the middle of a transaction: {point}"
        self.point = point
        order = self.parent.switch() if self.parent else Order.KILL
        if order is Order.TERMINATE:
            raise Terminated
        if order is Order.KILL:
            self._killed = True
            raise Killed
        return order if isinstance(order, Trouble) else None


def reach(point: str) -> Trouble | None:
    """Tell the storm that the running process is at *point*; outside a process nothing happens."""
    process = getcurrent()
    return process.stop(point) if isinstance(process, Process) else None


def running() -> Process | None:
    """Return the process that is running, None outside."""
    process = getcurrent()
    return process if isinstance(process, Process) else None

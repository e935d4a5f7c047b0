"""The trouble that a sandbox makes when it is told to, over HTTP, as any process can tell it."""

from dataclasses import dataclass
from typing import TypedDict

import httpx


class Fault(TypedDict, total=False):
    """One line of the script: what happens to the next requests that match."""

    method: str

    path: str
    """A regular expression."""

    times: int
    """How many requests it strikes."""

    effect: str
    """``status``, ``delay``, or a connection that breaks: ``drop_before`` or ``drop_after`` the request took effect."""

    status: int
    """Of HTTP."""

    message: str
    """In the body of the answer."""

    retry_after: int
    """In seconds, as a header of the answer."""

    seconds: float
    """Of a delay."""


@dataclass(frozen=True)
class Trouble:
    """The sandbox's administration, which wants no signature."""

    url: str
    """Where the sandbox answers."""

    def script(self, *faults: Fault) -> None:
        """Add *faults*; each strikes once unless it says otherwise."""
        self._send("POST", "faults", [{"times": 1, **fault} for fault in faults])

    def end(self) -> None:
        """Forget the faults that have not struck yet."""
        self._send("DELETE", "faults", None)

    def hold_jobs(self, *, held: bool = True) -> None:
        """Let no job make progress, or let them go on."""
        self._send("POST", "jobs/hold", {"held": held})

    def pace(self, units_per_second: float | None) -> None:
        """Slow the jobs down, or let them run at full speed."""
        self._send("POST", "pace", {"units_per_second": units_per_second})

    def advance_clock(self, seconds: float) -> None:
        """Let the sandbox believe that time has passed."""
        self._send("POST", "clock", {"advance_seconds": seconds})

    def _send(self, method: str, path: str, body: object) -> None:
        httpx.request(method, f"{self.url}/_sandbox/{path}", json=body).raise_for_status()

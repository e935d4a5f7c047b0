"""Scripted trouble: what a test wants to go wrong."""

import re
import threading
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Effect = Literal["status", "drop_before", "drop_after", "delay"]


class Fault(BaseModel):
    """One thing that goes wrong, a number of times."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    effect: Effect
    """``status``: an error is answered and the request has no effect. ``drop_before``: the connection is closed and
    the request has no effect. ``drop_after``: the request takes effect, its answer is lost. ``delay``: it is late."""

    method: str | None = None
    """HTTP method; None is any."""

    path: str = ""
    """Regular expression, searched in the path."""

    times: int = Field(default=1, ge=1)
    status: int = Field(default=503, ge=400, le=599)
    retry_after: int | None = None
    """Seconds for the Retry-After header of a ``status``."""

    message: str | None = None
    """``message`` in the body of a ``status``."""

    seconds: float = Field(default=0.0, ge=0)
    """Length of a ``delay``."""

    @field_validator("path")
    @classmethod
    def _compiles(cls, path: str) -> str:
        try:
            re.compile(path)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return path

    def hits(self, method: str, path: str) -> bool:
        """Tell whether the fault is meant for a request."""
        return self.method in (None, method) and re.search(self.path, path) is not None


class Faults:
    """The script: each request meets the first fault that is meant for it and not yet used up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._script: list[tuple[Fault, int]] = []

    def add(self, effect: Effect, **settings: object) -> None:
        """Append one fault; *settings* are the fields of :class:`Fault`."""
        self.extend([Fault.model_validate({"effect": effect} | settings)])

    def extend(self, faults: Sequence[Fault]) -> None:
        """Append faults."""
        with self._lock:
            self._script += [(fault, fault.times) for fault in faults]

    def clear(self) -> None:
        """Forget the rest of the script."""
        with self._lock:
            self._script.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """Use up the fault that is meant for a request, if there is one."""
        with self._lock:
            for position, (fault, left) in enumerate(self._script):
                if fault.hits(method, path):
                    self._script[position : position + 1] = [(fault, left - 1)] if left > 1 else []
                    return fault
        return None

"""How much may be under way at once, learned from what was refused.

Additive increase and multiplicative decrease, with the memory of CUBIC (RFC 9438): after a refusal a little less, then
soon back near to what was too much, long beside it, and ever faster beyond it. Plain additive increase leaves a
quarter of a fixed limit unused and takes long to follow one that rises. What a window allows follows from two numbers
and the time, so any process that reads them knows it.
"""

import math
from dataclasses import dataclass

SHARE_KEPT = 0.85
"""How much of what was too much is allowed right after a refusal."""


@dataclass(frozen=True)
class Window:
    """What a limit that nobody tells is taken to be."""

    recovery_seconds: float
    """How long after a refusal as much is allowed as was too much then."""

    ceiling: float = math.inf
    """What was too much at the last refusal; infinite when nothing was refused yet."""

    refused_at: float = 0.0

    def size(self, now: float) -> float:
        """Return how much is allowed; infinite when nothing was refused yet."""
        if math.isinf(self.ceiling):
            return math.inf
        ahead = 1 - max(0.0, now - self.refused_at) / self.recovery_seconds
        return self.ceiling * (1 - (1 - SHARE_KEPT) * ahead**3)

    def refused(self, under_way: float, now: float) -> "Window":
        """Return the window after a refusal while so much was under way."""
        return Window(self.recovery_seconds, min(under_way, self.size(now)), now)

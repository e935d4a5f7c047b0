"""When to ask again."""

from collections.abc import Iterator

FIRST_POLL_SECONDS = 3.0
"""Not sooner: an event right after a deferral makes Airflow 3.3.2 fail healthy tasks more often."""

SHORTEST_SECONDS = 0.5
"""Never asked for more often than this, whatever a task is configured with."""


def pauses(longest_seconds: float) -> Iterator[float]:
    """Yield the seconds to wait before each poll, growing by half up to *longest_seconds*, without end."""
    longest_seconds = max(longest_seconds, SHORTEST_SECONDS)
    pause = min(FIRST_POLL_SECONDS, longest_seconds)
    while True:
        yield pause
        pause = min(pause * 1.5, longest_seconds)

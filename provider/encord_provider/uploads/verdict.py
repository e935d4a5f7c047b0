"""What a report on an upload job means; the one judgement that poke, trigger and resume share."""

import math
from enum import StrEnum

from encord_provider.uploads.progress import JobStatus, Progress


class Verdict(StrEnum):
    """What to do about an upload job."""

    WAIT = "wait"
    SETTLE = "settle"
    """The job came to its end: record what became of each unit."""

    FAILED = "failed"
    """The job failed: refuse what it names, and tell the rest apart."""

    CANCELLED = "cancelled"
    """Somebody stopped the job; what it did not reach is still to be registered."""


def judge(progress: Progress) -> Verdict:
    """Judge one report.

    ``DONE`` is not success: with ``ignore_errors`` refused units do not keep a job from ending ``DONE``, and its
    refusals say which did not land. So the end of a job only means that its units can be settled one by one.
    """
    match progress.status:
        case JobStatus.PENDING:
            return Verdict.WAIT
        case JobStatus.DONE:
            return Verdict.SETTLE
        case JobStatus.ERROR:
            return Verdict.FAILED
        case JobStatus.CANCELLED:
            return Verdict.CANCELLED


def too_many(refused: int, submitted: int, max_failed: float | None) -> bool:
    """Tell whether *refused* of *submitted* objects are more than a run allows.

    *max_failed* is a share of the submitted objects when it is below 1, else a number of objects; None allows
    any.
    """
    return refused > allowed(submitted, max_failed)


def allowed(submitted: int, max_failed: float | None) -> float:
    """Return how many of *submitted* objects may be refused."""
    if max_failed is None:
        return math.inf
    return max(0.0, max_failed * submitted if max_failed < 1 else max_failed)

"""What a report on an upload job means."""

import pytest

from encord_provider.uploads.progress import JobStatus, Progress, Refusal
from encord_provider.uploads.verdict import Verdict, judge, too_many


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (JobStatus.PENDING, Verdict.WAIT),
        (JobStatus.DONE, Verdict.SETTLE),
        (JobStatus.ERROR, Verdict.FAILED),
        (JobStatus.CANCELLED, Verdict.CANCELLED),
    ],
)
def test_the_status_of_a_job_decides_what_to_do(status: JobStatus, verdict: Verdict) -> None:
    assert judge(Progress(status)) is verdict


def test_every_status_has_a_verdict() -> None:
    assert all(judge(Progress(status)) in Verdict for status in JobStatus)


def test_a_job_that_refused_units_is_settled_like_any_other_that_is_done() -> None:
    progress = Progress(JobStatus.DONE, done=1, refused=1, refusals=(Refusal(("u",), "not a video"),))

    assert judge(progress) is Verdict.SETTLE


@pytest.mark.parametrize(
    ("refused", "submitted", "max_failed", "expected"),
    [
        (1_000_000, 1_000_000, None, False),
        (0, 100, 0, False),
        (1, 100, 0, True),
        (5, 100, 0.05, False),
        (6, 100, 0.05, True),
        (1, 1, 0.99, True),
        (1, 100, 1, False),  # from 1 on it is a number of objects
        (2, 100, 1, True),
        (10, 100, 10, False),
        (11, 100, 10, True),
        (0, 0, 0, False),
        (0, 0, 0.5, False),
    ],
)
def test_an_error_budget_is_a_share_below_one_and_a_number_from_one_on(
    refused: int,
    submitted: int,
    max_failed: float | None,
    expected: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert too_many(refused, submitted, max_failed) is expected


def test_nothing_refused_is_never_too_many() -> None:
    assert not any(too_many(0, 10, budget) for budget in (None, 0, 0.1, 1, -1))

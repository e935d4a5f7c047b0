"""When to ask again for an upload job."""

from itertools import islice, pairwise

import pytest

from encord_provider.uploads.pace import FAR, FIRST_POLL_SECONDS, HASTE, Pace, pauses
from encord_provider.uploads.progress import JobStatus, Progress


def report(pending: int, done: int = 0) -> Progress:
    return Progress(JobStatus.PENDING, pending, done)


def test_the_first_pause_is_short_and_each_is_longer_up_to_the_longest() -> None:
    found = list(islice(pauses(30), 20))

    assert found[:4] == [FIRST_POLL_SECONDS, 4.5, 6.75, 10.125]
    assert found[-1] == 30
    assert all(before < after or before == after == 30 for before, after in pairwise(found))


def test_no_pause_is_longer_than_the_longest_even_the_first() -> None:
    pace = Pace(1)

    assert [pace.first, pace.later(), pace.later()] == [1, 1, 1]


@pytest.mark.parametrize("longest", [0.0, -1.0])
def test_encord_is_never_asked_without_any_pause(longest: float) -> None:
    pace = Pace(longest)

    assert all(pause > 0 for pause in (pace.first, pace.later(), pace.after(report(0, 1), 1.0)))


def test_a_job_that_has_not_begun_is_asked_for_as_if_it_may_end_at_any_time() -> None:
    pace = Pace(30)

    assert max(pace.after(report(1000), float(now)) for now in range(0, 600, 30)) == 30


def test_a_job_is_asked_for_when_it_may_have_done_half_of_what_is_left() -> None:
    pace = Pace(30)
    pace.after(report(1000), 0.0)

    assert pace.after(report(900, 100), 10.0) == 90 / HASTE


def test_a_job_whose_end_is_far_off_is_left_alone_for_a_while_not_for_ever() -> None:
    pace = Pace(30)
    pace.after(report(1_000_000), 0.0)

    assert pace.after(report(999_999, 1), 30.0) == FAR * 30


def test_a_job_that_is_nearly_done_is_asked_for_soon() -> None:
    pace = Pace(30)
    for now in range(0, 990, 30):
        pace.after(report(1000 - now, now), float(now))

    assert pace.after(report(10, 990), 990.0) == 10
    assert pace.after(report(1, 999), 999.0) == FIRST_POLL_SECONDS


@pytest.mark.parametrize("units", [10, 1000, 100_000])
@pytest.mark.parametrize("longest", [3.0, 30.0])
def test_the_end_of_a_steady_job_is_seen_within_two_pauses_and_few_polls(units: int, longest: float) -> None:
    pace, now, polls = Pace(longest), 0.0, 0
    pause = pace.first
    while now < units:  # a unit a second
        now, polls = now + pause, polls + 1
        done = min(units, int(now))
        pause = pace.after(report(units - done, done), now)

    assert now - units <= 2 * longest
    assert polls <= units / (longest * FAR) + 40

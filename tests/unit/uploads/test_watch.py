"""Many upload jobs waited for together."""

from hypothesis import given
from hypothesis import strategies as st

from encord_provider.uploads.progress import JobStatus, Progress
from encord_provider.uploads.watch import SILENCE_SECONDS, End, Job, Watch, Watched

JOBS = [Job("folder", f"job-{number}") for number in range(3)]
DONE = Progress(JobStatus.DONE)


def pending(done: int = 0) -> Progress:
    return Progress(JobStatus.PENDING, 100 - done, done)


def watch(deadline: float = 1e6, stall_seconds: float | None = None) -> Watch:
    return Watch(JOBS, 30, deadline, 0.0, stall_seconds)


def due(waiting: Watch, now: float) -> list[Watched]:
    """Take all jobs that are due."""
    return [watched for _ in JOBS if (watched := waiting.take(now))]


def rounds(waiting: Watch, report: Progress, seconds: float) -> float:
    """Give the same report of every job until the wait is over or the time is up; return when that is."""
    now = 0.0
    while now < seconds and waiting.end(now) is None:
        now = waiting.next_at()
        for watched in due(waiting, now):
            waiting.answered(watched, report, now)
    return now


def test_no_job_is_asked_for_before_its_time() -> None:
    waiting = watch()

    assert due(waiting, 0.0) == []
    assert [watched.job for watched in due(waiting, waiting.next_at())] == JOBS


def test_a_job_that_is_asked_for_is_not_taken_twice() -> None:
    waiting = watch()
    now = waiting.next_at()

    assert len(due(waiting, now)) == 3
    assert due(waiting, now) == []
    assert waiting.open == 3


def test_the_wait_is_over_when_the_last_job_has_ended() -> None:
    waiting = watch()
    *some, last = due(waiting, 3.0)
    for watched in some:
        waiting.answered(watched, DONE, 3.0)
    assert (waiting.open, waiting.end(3.0)) == (1, None)

    waiting.answered(last, Progress(JobStatus.CANCELLED), 3.0)

    assert (waiting.open, waiting.end(3.0)) == (0, End.ENDED)


def test_a_wait_for_nothing_is_over() -> None:
    assert Watch([], 30, 1e6, 0.0).end(0.0) is End.ENDED


def test_the_wait_is_over_at_its_deadline_and_nothing_is_later() -> None:
    waiting = watch(deadline=1.0)

    assert waiting.next_at() == 1.0
    assert (waiting.end(0.9), waiting.end(1.0)) == (None, End.DEADLINE)


def test_jobs_that_all_stand_still_are_given_up_after_a_while() -> None:
    waiting = watch(stall_seconds=600)

    ended_at = rounds(waiting, pending(), 10_000)

    assert waiting.end(ended_at) is End.STALLED
    assert 600 <= ended_at <= 600 + 2 * 30


def test_jobs_may_stand_still_until_the_deadline_when_nobody_minds() -> None:
    waiting = watch()

    assert waiting.end(rounds(waiting, pending(), 100_000)) is None


def test_one_job_that_moves_is_enough_for_all() -> None:
    waiting = watch(stall_seconds=600)
    now, done = 0.0, 0
    while now < 5000:
        now = waiting.next_at()
        for watched in due(waiting, now):
            done += watched.job == JOBS[0]
            waiting.answered(watched, pending(done if watched.job == JOBS[0] else 0), now)

    assert waiting.end(now) is None


def test_an_outage_is_waited_through_and_a_long_one_is_not() -> None:
    waiting = watch()
    now, news = 0.0, 0
    while waiting.end(now) is None:
        now = waiting.next_at()
        for watched in due(waiting, now):
            news += waiting.unanswered(watched, now)

    assert waiting.end(now) is End.SILENT
    assert SILENCE_SECONDS <= now <= SILENCE_SECONDS + 2 * 30
    assert news == 1


def test_one_answer_ends_an_outage() -> None:
    waiting = watch()
    now = 0.0
    while now < 2 * SILENCE_SECONDS:
        now = waiting.next_at()
        for watched in due(waiting, now):
            if watched.job == JOBS[0]:
                waiting.answered(watched, pending(), now)
            else:
                waiting.unanswered(watched, now)

    assert waiting.end(now) is None


def test_what_the_key_may_not_see_ends_the_wait() -> None:
    waiting = watch()
    waiting.refused()

    assert waiting.end(0.0) is End.REFUSED


@given(st.lists(st.sampled_from(["answered", "moved", "ended", "unanswered"]), max_size=60))
def test_every_job_is_open_until_it_ended_and_is_due_again_until_then(happenings: list[str]) -> None:
    waiting, now, ended = watch(), 0.0, 0
    for number, happening in enumerate(happenings):
        now = max(now, waiting.next_at())
        watched = waiting.take(now)
        if watched is None:
            break
        match happening:
            case "answered":
                waiting.answered(watched, pending(), now)
            case "moved":
                waiting.answered(watched, pending(number), now)
            case "ended":
                waiting.answered(watched, DONE, now)
                ended += 1
            case _:
                waiting.unanswered(watched, now)

    assert waiting.open == len(JOBS) - ended
    assert len({watched.job for watched in due(waiting, 1e9)}) == waiting.open

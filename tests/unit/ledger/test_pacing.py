"""How much is under way through an integration, over all tasks and DAGs."""

import math
from collections.abc import Callable
from itertools import count

import pytest

from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.manifests import ManifestRecord
from encord_provider.ledger.pacing import (
    FORGOTTEN_SECONDS,
    LOOK_SECONDS,
    RECOVERY_SECONDS,
    REST_SECONDS,
    Bounds,
    Place,
)
from tests.unit.ledger.steps import Steps
from tests.unit.manifest.listed import listed

DOMAIN = "https://api.example.com"
PLACE = Place(DOMAIN, "fleet-s3")
NOW = 1000.0
WAIT_SECONDS = 20
"""How often somebody looks whether there is room."""

Build = Callable[..., str]


@pytest.fixture
def build(ledger: Ledger) -> Build:
    """Record manifests, each for a folder of its own."""

    def record(number: int, units: int = 10, integration: str = "fleet-s3", domain: str = DOMAIN) -> str:
        name = f"{number:032x}"
        built = ManifestRecord(
            name, f"{domain}#folder {number}", "file:///m", "f", integration, units, f"dag {number}/run", 1.0
        )
        with ledger.transaction() as connection:
            ledger.manifests.build(connection, built)
        return name

    return record


def enter(ledger: Ledger, manifest: str, *, now: float = NOW, units: int = 10, jobs: int = 2) -> bool:
    place = Place(
        ledger.manifests.get(manifest).target.rpartition("#")[0], ledger.manifests.get(manifest).integration
    )
    return ledger.pacing.enter(place, manifest, units, Bounds(jobs, 1000), now)


def start(ledger: Ledger, manifest: str, now: float = NOW) -> str:
    """Record the job of a manifest."""
    ledger.manifests.intend(manifest, "folder", now)
    with ledger.transaction() as connection:
        ledger.manifests.submitted(connection, manifest, f"job {manifest}", "dag/run", now)
    return f"job {manifest}"


def test_no_more_jobs_are_let_in_than_there_may_be_whichever_dag_they_are_of(
    ledger: Ledger, build: Build
) -> None:
    assert [enter(ledger, build(number)) for number in range(4)] == [True, True, False, False]


def test_a_manifest_that_has_a_place_keeps_it_at_the_next_try(ledger: Ledger, build: Build) -> None:
    first, second = build(1), build(2)

    assert [enter(ledger, first), enter(ledger, second), enter(ledger, first)] == [True] * 3


def test_no_more_units_are_let_in_than_there_may_be_but_one_job_always_is(
    ledger: Ledger, build: Build
) -> None:
    large, small = build(1, units=2000), build(2)

    assert enter(ledger, large, units=2000)
    assert not enter(ledger, small)


def test_other_integrations_and_other_domains_have_room_of_their_own(ledger: Ledger, build: Build) -> None:
    assert enter(ledger, build(1), jobs=1)

    assert enter(ledger, build(2, integration="other"), jobs=1)
    assert enter(ledger, build(3, domain="https://api.us.example.com"), jobs=1)
    assert not enter(ledger, build(4), jobs=1)


def test_a_job_that_was_seen_to_end_makes_room(ledger: Ledger, build: Build) -> None:
    first, second = build(1), build(2)
    enter(ledger, first, jobs=1)
    job = start(ledger, first)
    assert not enter(ledger, second, jobs=1)

    (news,) = ledger.manifests.ended({job: NOW + 5, "of another ledger": NOW})

    assert (news.id, news.ended_at) == (first, NOW + 5)
    assert ledger.manifests.ended({job: NOW + 9}) == []
    assert enter(ledger, second, jobs=1)


def test_a_place_whose_task_died_is_free_after_a_while_and_a_job_keeps_its_place(
    ledger: Ledger, build: Build
) -> None:
    died, runs, waits = build(1), build(2), build(3)
    enter(ledger, died)
    enter(ledger, runs)
    start(ledger, runs)

    assert not enter(ledger, waits)
    assert enter(ledger, waits, now=NOW + FORGOTTEN_SECONDS)
    assert not enter(ledger, died, now=NOW + FORGOTTEN_SECONDS)


def test_a_refusal_leaves_less_room_until_time_has_gone_by(ledger: Ledger, build: Build) -> None:
    manifests = [build(number, units=1) for number in range(30)]
    let_in = [m for m in manifests[:20] if enter(ledger, m, jobs=100, units=1)]
    ledger.pacing.refused(PLACE, let_in[-1], NOW, NOW, 0)

    assert not enter(ledger, manifests[20], now=NOW + 1, jobs=100, units=1), "a rest"
    assert not enter(ledger, manifests[20], now=NOW + REST_SECONDS, jobs=100, units=1), "17 may be under way"
    assert not enter(ledger, manifests[20], now=NOW + RECOVERY_SECONDS / 2, jobs=100, units=1), "19 are"
    assert enter(ledger, manifests[20], now=NOW + 1.1 * RECOVERY_SECONDS, jobs=100, units=1)
    assert enter(ledger, manifests[21], now=NOW + 4 * RECOVERY_SECONDS, jobs=100, units=1)


def test_refusals_of_requests_sent_together_count_once(ledger: Ledger, build: Build) -> None:
    manifests = [build(number, units=1) for number in range(11)]
    for manifest in manifests:
        enter(ledger, manifest, jobs=100, units=1)

    for manifest in manifests[6:]:
        ledger.pacing.refused(PLACE, manifest, NOW - 1, NOW, 0)

    with ledger.transaction() as connection:
        ceiling = connection.exec_driver_sql("SELECT ceiling FROM paces").scalar_one()
    assert ceiling == 10


def test_everybody_stays_away_for_as_long_as_encord_asks(ledger: Ledger, build: Build) -> None:
    first, second = build(1), build(2)
    enter(ledger, first)
    ledger.pacing.refused(PLACE, first, NOW, NOW, 60)

    assert not enter(ledger, second, now=NOW + 59)
    assert enter(ledger, second, now=NOW + 60)


def test_one_of_those_who_wait_looks_for_all(ledger: Ledger, build: Build) -> None:
    manifest = build(1)
    enter(ledger, manifest)
    job = start(ledger, manifest)

    assert [(seen.manifest, seen.job_uuid) for seen in ledger.pacing.look(PLACE, NOW)] == [(manifest, job)]
    assert ledger.pacing.look(PLACE, NOW + LOOK_SECONDS / 2) == []
    assert len(ledger.pacing.look(PLACE, NOW + LOOK_SECONDS)) == 1


def test_what_a_unit_takes_is_learned_from_jobs_of_one_kind(steps: Steps, ledger: Ledger) -> None:
    objects = [listed(f"{number}.mp4") for number in range(4)]
    steps.observe("run", *objects)
    jobs = [steps.submit("run", steps.plan("run", obj)) for obj in objects]  # at 4.0
    place = Place(steps.target.rpartition("#")[0], None)
    ledger.manifests.ended(dict(zip(jobs[:3], [14.0, 14.0, 34.0], strict=True)))

    ledger.pacing.learn(place, jobs, NOW)

    ((kind, (seconds, seen)),) = ledger.pacing.seconds_per_unit(place).items()
    assert (kind, seen) == ("video", 3)
    assert 10 < seconds < 30


JOB_SECONDS = 600.0
HOUR = 3600.0

LIMITS: dict[str, Callable[[float], int]] = {
    "still": lambda _: 40,
    "waves": lambda now: round(40 + 20 * math.sin(now / (2 * HOUR) * math.tau)),
    "steps": lambda now: (24, 40, 56)[int(now / HOUR) % 3],
}
"""How many unfinished jobs a platform takes, by the seconds since the start."""


@pytest.mark.slow
@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS)
def test_a_limit_of_jobs_that_moves_is_used_and_seldom_run_into(
    ledger: Ledger, build: Build, limit: Callable[[float], int]
) -> None:
    running: dict[str, float] = {}
    waiting, names = build(0), count(1)
    used = room = refused = started = 0
    for second in range(0, int(3 * HOUR), WAIT_SECONDS):
        now = NOW + second
        while enter(ledger, waiting, now=now, units=1, jobs=1000):
            if len(running) >= limit(second):
                ledger.pacing.refused(PLACE, waiting, now, now, retry_after=0)
                refused += 1
                continue
            running[start(ledger, waiting, now)] = now + JOB_SECONDS * (1 + started % 7 / 7)
            waiting, started = build(next(names)), started + 1
        over = {job: until for job, until in running.items() if until <= now}
        running = {job: until for job, until in running.items() if job not in over}
        ledger.manifests.ended(over)
        if second > HOUR / 2:
            used, room = used + min(len(running), limit(second)), room + limit(second)

    assert used / room >= 0.85
    assert refused / started <= 0.1

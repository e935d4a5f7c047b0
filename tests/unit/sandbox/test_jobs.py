"""Upload jobs over a world without a server."""

from collections.abc import Iterator

import pytest

from encord_provider.sandbox import folders, jobs
from encord_provider.sandbox.jobs import State
from encord_provider.sandbox.world import World
from tests.unit.sandbox.uploading import (
    counts,
    finished,
    items_of,
    job_row,
    new_folder,
    start_job,
    trusted,
    wait_until,
)

SPACED: dict[str, object] = {"objectUrl": "s3://b/ .png"}
"""An image that is refused without being read."""


@pytest.fixture
def folder(world: World) -> str:
    """Make a folder in a world whose jobs move."""
    world.start()
    return new_folder(world)


def urls(count: int) -> Iterator[str]:
    """Yield some URLs."""
    return (f"s3://b/{number:03}.png" for number in range(count))


def test_a_job_registers_each_of_its_units(world: World, folder: str) -> None:
    job = finished(world, start_job(world, folder, map(trusted, urls(250))))
    assert (job["status"], counts(job)) == (State.DONE, {"done": 250})
    assert [item["url"] for item in items_of(world, folder)] == list(urls(250))


def test_an_empty_job_is_done_at_once(world: World, folder: str) -> None:
    assert job_row(world, start_job(world, folder, []))["status"] == State.DONE


def test_without_the_flag_a_url_is_registered_again(world: World, folder: str) -> None:
    for _ in range(2):
        finished(world, start_job(world, folder, [trusted("s3://b/a.png"), trusted("s3://b/a.png")]))
    assert len(items_of(world, folder)) == 4


def test_two_jobs_that_race_for_the_same_urls_register_each_once(world: World, folder: str) -> None:
    started = [start_job(world, folder, map(trusted, urls(300)), skip_duplicate_urls=True) for _ in range(4)]
    assert [counts(finished(world, job)) for job in started] == [{"done": 300}] * 4
    assert [item["url"] for item in items_of(world, folder)] == list(urls(300))
    with world.database.reading() as connection:
        assert sum(len(jobs.registered_units(connection, job)) for job in started) == 300


def test_a_url_is_a_duplicate_only_in_its_own_folder(world: World, folder: str) -> None:
    other = new_folder(world)
    for place in (folder, other):
        finished(world, start_job(world, place, [trusted("s3://b/a.png")], skip_duplicate_urls=True))
    assert [len(items_of(world, place)) for place in (folder, other)] == [1, 1]


def test_an_upsert_overwrites_the_metadata_of_what_is_there(world: World, folder: str) -> None:
    finished(world, start_job(world, folder, [trusted("s3://b/a.png", clientMetadata={"old": 1})]))
    again = [
        trusted("s3://b/a.png", clientMetadata={"new": 2}),
        trusted("s3://b/b.png", clientMetadata={"n": 3}),
    ]
    finished(world, start_job(world, folder, again, skip_duplicate_urls=True, upsert_metadata=True))
    found = {item["url"]: item["client_metadata"] for item in items_of(world, folder)}
    assert found == {"s3://b/a.png": '{"new": 2}', "s3://b/b.png": '{"n": 3}'}


def test_an_upsert_that_says_nothing_leaves_the_metadata(world: World, folder: str) -> None:
    finished(world, start_job(world, folder, [trusted("s3://b/a.png", clientMetadata={"old": 1})]))
    finished(
        world,
        start_job(world, folder, [trusted("s3://b/a.png")], skip_duplicate_urls=True, upsert_metadata=True),
    )
    assert [item["client_metadata"] for item in items_of(world, folder)] == ['{"old": 1}']


def test_errors_that_are_ignored_leave_the_rest_alone(world: World, folder: str) -> None:
    job = finished(
        world, start_job(world, folder, [trusted("s3://b/a.png"), SPACED, trusted("s3://b/c.png")])
    )
    assert (job["status"], counts(job)) == (State.DONE, {"done": 2, "error": 1})


def test_the_first_error_that_is_not_ignored_ends_the_job(world: World, folder: str) -> None:
    images = [trusted("s3://b/a.png"), SPACED, trusted("s3://b/c.png"), SPACED]
    job = finished(world, start_job(world, folder, images, ignore_errors=False))
    assert job["status"] == State.ERROR
    assert (job["error"], job["pending"], job["done"] + job["cancelled"]) == (1, 0, 3)
    assert len(items_of(world, folder)) == job["done"]


def test_a_held_job_does_not_move_and_can_be_cancelled(world: World, folder: str) -> None:
    world.registrar.hold(held=True)
    uuid = start_job(world, folder, map(trusted, urls(3)))
    with world.database.writing() as connection:
        assert jobs.cancel(connection, uuid, world.clock.stamp()) == 3
        assert jobs.cancel(connection, uuid, world.clock.stamp()) == 0
    world.registrar.hold(held=False)
    job = finished(world, uuid)
    assert (job["status"], counts(job)) == (State.CANCELLED, {"cancelled": 3})
    assert items_of(world, folder) == []


def test_a_finished_job_cannot_be_cancelled(world: World, folder: str) -> None:
    uuid = start_job(world, folder, [trusted("s3://b/a.png")])
    finished(world, uuid)
    with world.database.writing() as connection:
        assert jobs.cancel(connection, uuid, world.clock.stamp()) == 0
    assert job_row(world, uuid)["status"] == State.DONE


def test_a_pace_is_kept_by_the_clock(world: World, folder: str) -> None:
    world.registrar.pace(1)
    uuid = start_job(world, folder, map(trusted, urls(3)))
    for done in (1, 2, 3):
        wait_until(lambda done=done: job_row(world, uuid)["done"] >= done)  # type: ignore[misc] # the loop's own value
        assert job_row(world, uuid)["done"] == done
        world.clock.advance(1)
    assert finished(world, uuid)["status"] == State.DONE


def test_a_folder_that_is_deleted_takes_its_work_with_it(world: World, folder: str) -> None:
    world.registrar.hold(held=True)
    uuid = start_job(world, folder, map(trusted, urls(2)))
    with world.database.writing() as connection:
        folders.remove(connection, folder, world.clock.stamp())
    world.registrar.hold(held=False)
    assert job_row(world, uuid)["status"] == State.CANCELLED
    after = new_folder(world)
    assert finished(world, start_job(world, after, [trusted("s3://b/a.png")]))["done"] == 1

"""Many triggers that wait for one bucket: one listing, off the event loop, and nobody is forgotten."""

import asyncio
import json
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from encord_provider.manifest.ingestion import Ingestion
from tests.airflow.test_triggers import event_of
from tests.unit.encord_api.keys import OPENSSH

if TYPE_CHECKING:
    from airflow.triggers.base import BaseTrigger

POLL_SECONDS = 0.2
FILES = 4_000
TICK_SECONDS = 0.005


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty directory to watch, a ledger, and a connection to an Encord that need not be there."""
    connection = {"conn_type": "encord", "host": "http://127.0.0.1:9", "password": OPENSSH}
    monkeypatch.setenv("AIRFLOW_CONN_ENCORD_DEFAULT", json.dumps(connection))
    monkeypatch.setenv("AIRFLOW__ENCORD__LEDGER_URL", f"sqlite:///{tmp_path / 'ledger.db'}")
    (tmp_path / "fleet").mkdir()
    return tmp_path / "fleet"


@pytest.fixture
def listings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note, for each listing of a source, how many ingestions it was for; it lists all the same."""
    from encord_provider.hooks import arrival

    noted: list[int] = []
    real = arrival.arrivals

    def noting(wanted: set[Ingestion]) -> set[Ingestion]:
        noted.append(len(wanted))
        return real(wanted)

    monkeypatch.setattr(arrival, "arrivals", noting)
    return noted


def waiting(source: Path, seconds: float, **parts: Any) -> "BaseTrigger":
    """Return a trigger that waits for something under *source*."""
    from encord_provider.triggers.arrival import ObjectsArrivedTrigger

    named = {"source": f"{source.as_uri()}/", "folder": "fleet"} | parts
    ingestion = Ingestion.model_validate(named)
    return ObjectsArrivedTrigger(ingestion.model_dump(mode="json"), time.time() + seconds, POLL_SECONDS)


async def test_triggers_of_one_source_share_its_listings_and_each_gets_its_own_answer(
    source: Path, listings: list[int]
) -> None:
    (source / "a.mp4").write_bytes(b"x")
    triggers = [waiting(source, 1.5, folder=f"folder-{n}") for n in range(10)]
    triggers += [waiting(source, 1.5, include="*.jpg", folder=f"folder-{n}") for n in range(10)]

    events = await asyncio.gather(*[event_of(trigger) for trigger in triggers])

    assert events == [{"arrived": True}] * 10 + [{"arrived": False}] * 10
    assert max(listings) == 20
    assert len(listings) < 20


async def test_who_asks_while_a_look_is_under_way_is_told_of_what_is_there_by_then(
    source: Path, listings: list[int]
) -> None:
    from encord_provider.hooks.lookout import Lookout

    ingestion = Ingestion(source=f"{source.as_uri()}/", folder="fleet")
    first = asyncio.create_task(Lookout.here().look(ingestion))
    while not listings:  # noqa: ASYNC110 - it begins in a thread, which can set no event of the loop
        await asyncio.sleep(0)
    (source / "a.mp4").write_bytes(b"x")

    assert await Lookout.here().look(ingestion)
    await first
    assert listings == [1, 1]


async def test_a_trigger_that_is_cancelled_takes_the_listing_from_nobody(source: Path) -> None:
    (source / "a.mp4").write_bytes(b"x")
    stays, goes = (asyncio.create_task(event_of(waiting(source, 20))) for _ in range(2))
    await asyncio.sleep(POLL_SECONDS / 10)
    goes.cancel()

    assert await stays == {"arrived": True}
    with pytest.raises(asyncio.CancelledError):
        await goes


async def test_a_restarted_triggerer_fires_at_the_same_deadline(source: Path) -> None:
    trigger = waiting(source, 1)
    first = asyncio.create_task(event_of(trigger))
    await asyncio.sleep(0.4)
    first.cancel()

    began = time.time()
    assert await event_of(trigger) == {"arrived": False}
    assert time.time() >= trigger.deadline  # type: ignore[attr-defined]  # a trigger's own
    assert time.time() - began < 5


async def test_a_bucket_that_does_not_answer_is_asked_again_until_the_deadline(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from encord_provider.errors import BucketUnavailable
    from encord_provider.hooks import arrival

    def answering_late(
        wanted: set[Ingestion],
    ) -> set[Ingestion]:  # no real store fails twice and then answers
        if len(asked) < 2:
            asked.append(1)
            raise BucketUnavailable("file://fleet", "503")
        return real(wanted)

    asked: list[int] = []
    real = arrival.arrivals
    monkeypatch.setattr(arrival, "arrivals", answering_late)
    (source / "a.mp4").write_bytes(b"x")

    assert await event_of(waiting(source, 20)) == {"arrived": True}
    asked.clear()
    with pytest.raises(BucketUnavailable):
        await event_of(waiting(source, -1))


def test_a_bucket_that_takes_long_to_list_is_looked_into_less_often(source: Path) -> None:
    from encord_provider.hooks.arrival import place_of
    from encord_provider.hooks.lookout import REST, Lookout

    ingestion = Ingestion(source=f"{source.as_uri()}/", folder="fleet")
    lookout = Lookout()
    assert 0 < lookout.seconds_to_next(ingestion, 60) <= 60
    lookout._took[place_of(ingestion)] = 100  # noqa: SLF001 - a listing of 100 seconds is too long for a test

    assert lookout.interval(ingestion, 60) == 420 >= REST * 100
    assert 0 < lookout.seconds_to_next(ingestion, 60) <= 420


async def longest_pause(doing: Awaitable[Any]) -> tuple[float, float]:
    """Do something beside a clock that ticks on the event loop; return its longest pause, and the whole in seconds."""
    began = last = time.perf_counter()
    longest = 0.0
    task = asyncio.ensure_future(doing)
    while not task.done():
        await asyncio.sleep(TICK_SECONDS)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    await task
    return longest, time.perf_counter() - began


async def test_the_event_loop_goes_on_while_a_bucket_is_listed(source: Path) -> None:
    from encord_provider.hooks.arrival import arrivals
    from encord_provider.hooks.lookout import Lookout

    for number in range(FILES):
        (source / f"{number}.tmp").touch()
    ingestion = Ingestion(source=f"{source.as_uri()}/", folder="fleet", exclude=("*.tmp",))
    arrivals([ingestion])  # opens the ledger, imports what it needs

    async def on_the_loop() -> None:
        for _ in range(5):
            arrivals([ingestion])

    async def beside_it() -> None:
        for _ in range(5):
            await Lookout.here().look(ingestion)

    blocked, _ = await longest_pause(on_the_loop())
    paused, whole = await longest_pause(beside_it())

    assert paused < blocked / 3
    assert paused < whole / 3

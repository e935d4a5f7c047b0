"""How fast all who share one client may ask."""

import asyncio
import time

from encord_provider.encord_api.throttle import LEAST_PER_SECOND, Throttle


async def turns(throttle: Throttle, count: int) -> float:
    """Take so many turns together; return how many seconds that took."""
    began = time.monotonic()
    await asyncio.gather(*(throttle.turn() for _ in range(count)))
    return time.monotonic() - began


async def test_requests_are_spaced_out() -> None:
    assert await turns(Throttle(most_per_second=100), 21) >= 0.2


async def test_a_refusal_slows_all_down() -> None:
    throttle = Throttle(most_per_second=100)
    throttle.refused(await throttle.turn())

    assert await turns(throttle, 21) >= 0.28


async def test_refusals_of_requests_that_were_under_way_together_count_once() -> None:
    throttle = Throttle(most_per_second=1000)
    sent = [await throttle.turn() for _ in range(10)]
    once = Throttle(most_per_second=1000)
    sent_once = await once.turn()

    for at in sent:
        throttle.refused(at)
    once.refused(sent_once)

    assert abs(throttle._window.ceiling - once._window.ceiling) < 1  # noqa: SLF001 - the rate itself, not its effect


async def test_however_much_is_refused_something_is_asked() -> None:
    throttle = Throttle(most_per_second=1000)
    for _ in range(50):
        throttle.refused(time.monotonic())

    assert throttle._per_second(time.monotonic()) == LEAST_PER_SECOND  # noqa: SLF001 - it would take seconds


async def test_nobody_asks_while_encord_asks_us_to_stay_away() -> None:
    throttle = Throttle()
    throttle.refused(await throttle.turn(), retry_after=0.5)

    assert await turns(throttle, 2) >= 0.4

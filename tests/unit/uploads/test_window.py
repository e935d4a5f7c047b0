"""How much may be under way at once, learned from what was refused."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encord_provider.uploads.window import SHARE_KEPT, Window

RECOVERY = 10.0


@dataclass
class Use:
    """What became of the room of a platform, in steps of a tenth of a second."""

    room: float = 0.0
    taken: float = 0.0
    sent: int = 0
    refused: int = 0


def follow(limit: Callable[[float], float], seconds: float, retry_after: float = 0.0) -> Use:
    """Send requests as a window allows, to a platform that takes ``limit(now)`` a second and refuses the rest."""
    window, use = Window(RECOVERY, 100.0, 0.0), Use()
    credit, room, open_at = 0.0, 0.0, 0.0
    for tick in range(int(seconds * 10)):
        now = tick / 10
        room = min(room + limit(now) / 10, limit(now) / 10 + 1)
        use.room += limit(now) / 10 if now >= open_at else 0  # what it asks us to leave is not ours to use
        credit = min(credit + window.size(now) / 10, window.size(now) / 10 + 1)
        while credit >= 1 and now >= open_at:
            credit, use.sent = credit - 1, use.sent + 1
            if room >= 1:
                room, use.taken = room - 1, use.taken + 1
            else:
                use.refused += 1
                open_at = now + retry_after
                if now > window.refused_at:
                    window = window.refused(window.size(now), now)
    return use


LIMITS: dict[str, Callable[[float], float]] = {
    "still": lambda _: 100.0,
    "waves": lambda now: 100 + 50 * math.sin(now / 60),
    "steps": lambda now: (60.0, 100.0, 140.0)[int(now / 120) % 3],
    "falling": lambda now: max(20.0, 200 - now / 5),
    "rising": lambda now: 50 + now / 4,
}


@pytest.mark.parametrize("limit", LIMITS.values(), ids=LIMITS)
@pytest.mark.parametrize("retry_after", [0.0, 1.0])
def test_a_limit_that_moves_is_used_and_seldom_run_into(
    limit: Callable[[float], float], retry_after: float
) -> None:
    use = follow(limit, 1200, retry_after)

    assert use.taken / use.room >= 0.85
    assert use.refused / use.sent <= 0.05


def test_nothing_is_held_back_before_the_first_refusal() -> None:
    assert math.isinf(Window(RECOVERY).size(0))


@given(st.floats(1, 1e6), st.floats(0, 1e9), st.floats(0, 1e4))
def test_after_a_refusal_there_is_less_then_as_much_again_and_then_ever_more(
    under_way: float, now: float, later: float
) -> None:
    window = Window(RECOVERY).refused(under_way, now)

    assert window.size(now) == pytest.approx(SHARE_KEPT * under_way)
    assert window.size(now + RECOVERY) == pytest.approx(under_way)
    assert window.size(now + later) <= window.size(now + later + 1)


@given(st.lists(st.tuples(st.floats(1, 1000), st.floats(0, 100)), min_size=1, max_size=20))
def test_a_refusal_never_allows_more_than_before(refusals: list[tuple[float, float]]) -> None:
    window, now = Window(RECOVERY), 0.0
    for under_way, pause in refusals:
        now += pause
        before = window.size(now)
        window = window.refused(under_way, now)
        assert 0 < window.size(now) < before

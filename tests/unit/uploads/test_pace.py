"""When to ask again."""

from itertools import islice, pairwise

import pytest

from encord_provider.uploads.pace import FIRST_POLL_SECONDS, pauses


def test_the_first_pause_is_short_and_each_is_longer_up_to_the_longest() -> None:
    found = list(islice(pauses(30), 20))

    assert found[:4] == [FIRST_POLL_SECONDS, 4.5, 6.75, 10.125]
    assert found[-1] == 30
    assert all(before < after or before == after == 30 for before, after in pairwise(found))


def test_no_pause_is_longer_than_the_longest_even_the_first() -> None:
    assert list(islice(pauses(1), 3)) == [1, 1, 1]


@pytest.mark.parametrize("longest", [0.0, -1.0])
def test_encord_is_never_asked_without_any_pause(longest: float) -> None:
    assert all(pause > 0 for pause in islice(pauses(longest), 3))

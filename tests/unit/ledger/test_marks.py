"""A set of row numbers, one bit each."""

import json

from hypothesis import given
from hypothesis import strategies as st

from encord_provider.ledger.marks import BLOCK, Marks

NUMBERS = st.integers(1, 5 * BLOCK)


@given(st.lists(NUMBERS), st.lists(NUMBERS))
def test_it_holds_what_was_added_and_nothing_else_also_after_a_checkpoint(
    added: list[int], later: list[int]
) -> None:
    marks = Marks()
    marks.add(added)
    marks = Marks.from_json(json.loads(json.dumps(marks.to_json())))
    marks.add(later)

    whole = {*added, *later}
    assert len(marks) == len(whole)
    assert all(number in marks for number in whole)
    assert not any(n + 1 in marks for n in whole if n + 1 not in whole)


def test_a_million_rows_in_a_row_take_next_to_nothing_in_a_checkpoint() -> None:
    marks = Marks()
    marks.add(range(1, 1_000_001))

    assert len(json.dumps(marks.to_json())) < 4_000

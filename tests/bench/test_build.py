"""A build's memory does not grow with the number of new objects."""

import pytest

from tests.bench.build import build


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_memory_is_flat_while_new_objects_grow_tenfold() -> None:
    measured = build(100_000)

    assert measured["growth"]["ours"] < 1.3
    assert measured["growth"]["ours"] < measured["growth"]["baseline"]

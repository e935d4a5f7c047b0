"""The memory of embeddings does not grow with their number."""

import pytest

from tests.bench.embeddings import embeddings


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_memory_is_flat_while_vectors_grow_tenfold() -> None:
    measured = embeddings(10_000)

    assert measured["growth"] < 1.3
    assert measured["ratio"] > 1

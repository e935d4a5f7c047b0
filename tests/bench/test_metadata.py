"""An upsert of a table asks far less often than a script that asks for each item."""

import pytest

from tests.bench.metadata import metadata


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_an_upsert_makes_far_fewer_requests_than_a_script() -> None:
    measured = metadata(4_000)

    assert measured["times_fewer_requests"] > 20
    assert measured["steps"]["upsert"]["requests"] < 20
    assert measured["link"]["times_fewer_requests"] > 1

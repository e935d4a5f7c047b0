"""One hand-turned Encord for all storms of a session."""

from collections.abc import Iterator

import pytest

from tests.chaos.encord import Encord, hand_turned_encord


@pytest.fixture(scope="session")
def encord() -> Iterator[Encord]:
    """Run it; each storm has a folder of its own in it."""
    with hand_turned_encord() as running:
        yield running

"""A world without a server, for what needs no wire."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from encord_provider.sandbox.configuration import Configuration
from encord_provider.sandbox.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Open an empty world whose upload jobs do not move until it is started."""
    opened = World.open(tmp_path / "world", Configuration())
    yield opened
    opened.close()

"""A ledger in a real file, and the steps that write into it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from encord_provider.ledger.ledger import Ledger
from tests.unit.ledger.steps import Steps


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Name a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """Open an empty ledger."""
    with Ledger(url) as opened:
        yield opened


@pytest.fixture
def steps(ledger: Ledger) -> Steps:
    """Take the steps of runs in that ledger."""
    return Steps(ledger)

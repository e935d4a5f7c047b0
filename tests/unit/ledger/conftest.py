"""A ledger in a real file and in a real PostgreSQL, and the steps that write into it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from encord_provider.ledger.ledger import Ledger
from tests.postgres import PostgresServer
from tests.unit.ledger.steps import Steps


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Name a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture
def schema(postgres: PostgresServer) -> str:
    """Name an empty schema of a PostgreSQL."""
    return postgres.schema()


@pytest.fixture(params=["file", "schema"], ids=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """Name a place for a ledger, in each database that one can be in."""
    named: str = request.getfixturevalue(request.param)
    return named


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """Open an empty ledger."""
    with Ledger(url) as opened:
        yield opened


@pytest.fixture
def steps(ledger: Ledger) -> Steps:
    """Take the steps of runs in that ledger."""
    return Steps(ledger)

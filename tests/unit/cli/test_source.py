"""The commands on a source, as a person at a terminal gives them."""

import pytest

from encord_provider.cli.command import CLEAN, UNUSABLE
from encord_provider.cli.main import main
from encord_provider.ledger.tables import objects
from tests import media
from tests.unit.ingestion.conftest import FOLDER, Pipeline


def on(pipeline: Pipeline, command: str, *options: str) -> list[str]:
    """Spell a command on the pipeline's source."""
    return [command, pipeline.bucket.uri(""), "--folder", FOLDER, *options]


@pytest.fixture
def fleet(connected: Pipeline) -> Pipeline:
    """Register three images."""
    for shade in range(3):
        connected.bucket.put(f"{shade}.png", media.image(shade=shade))
    assert connected.ingest().registered == 3
    return connected


def test_a_lost_ledger_is_rebuilt_and_the_counts_are_told(
    fleet: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    with fleet.ledger.transaction() as connection:
        connection.execute(objects.delete())

    assert main(on(fleet, "rebuild")) == CLEAN

    told = capsys.readouterr().out.splitlines()
    assert {"objects: 3", "items: 3", "restored: 3", "unregistered: 0"} <= set(told)
    assert fleet.build("after") == []


def test_a_connection_that_is_not_there_is_told_in_a_line(
    fleet: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(on(fleet, "rebuild", "--encord-conn-id", "nowhere")) == UNUSABLE

    assert "nowhere" in capsys.readouterr().err

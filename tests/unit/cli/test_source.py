"""The commands on a source, as a person at a terminal gives them."""

import json
from pathlib import Path

import pytest

from encord_provider.cli.command import CLEAN, FAULTY, UNUSABLE
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


def test_an_audit_tells_drift_by_its_exit_code_and_for_people_and_for_programs(
    fleet: Pipeline, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(on(fleet, "audit", "--in-flight-minutes", "-1")) == CLEAN
    assert "compared objects: 3, entries: 3, items: 3, data_rows: 0; drifts: 0" in capsys.readouterr().err
    fleet.bucket.put("late.png", media.image(shade=9))
    fleet.bucket.put("late.tmp", b"")

    drifts = tmp_path / "drifts.jsonl"
    late = ["audit", "--in-flight-minutes", "-1", "--exclude", "**/*.tmp"]
    assert main(on(fleet, *late)) == FAULTY
    assert main(on(fleet, *late, "--drifts", str(drifts))) == FAULTY

    told = f"never_seen: {fleet.bucket.prefix}late.png: in the bucket since "
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith(told)]
    (drift,) = map(json.loads, drifts.read_text().splitlines())
    assert drift["url"] == fleet.bucket.url("late.png")


def test_a_plan_counts_what_a_run_would_do(fleet: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    for shade in range(2):
        fleet.bucket.put(f"groups/a/{shade}.png", media.image(shade=shade))
    fleet.bucket.put("late.tmp", b"")

    code = main(on(fleet, "plan", "--exclude", "**/*.tmp", "--image-groups", r"(?P<unit>.*/groups/[^/]+)/"))

    told = set(capsys.readouterr().out.splitlines())
    assert code == CLEAN
    assert {"discovered: 6", "excluded: 1", "already: 3", "new: 2", "manifests: 1"} <= told
    assert "manifest of 1 units" in told
    assert fleet.ingest("after").registered == 2, "the plan registered something"


def test_an_explanation_ends_in_the_first_broken_link_and_takes_a_uri_or_a_url(
    fleet: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ["--folder", FOLDER]
    assert main(["explain", fleet.bucket.uri("0.png"), *folder]) == CLEAN
    assert "folder: yes: item " in capsys.readouterr().out

    source = ["--source", fleet.bucket.uri("")]
    assert main(["explain", fleet.bucket.url("absent.png"), *source, *folder]) == FAULTY
    assert "the first broken link is bucket: upload it" in capsys.readouterr().out
    assert main(["explain", fleet.bucket.url("0.png"), *folder]) == UNUSABLE


def test_a_connection_that_is_not_there_is_told_in_a_line(
    fleet: Pipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(on(fleet, "rebuild", "--encord-conn-id", "nowhere")) == UNUSABLE

    assert "nowhere" in capsys.readouterr().err

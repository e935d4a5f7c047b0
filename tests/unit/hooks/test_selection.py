"""What an operator's arguments select."""

from pathlib import Path

import pytest
from airflow.providers.common.compat.sdk import AirflowFailException

from encord_provider.hooks.ledger import open_ledger
from encord_provider.hooks.selection import Selected
from encord_provider.ingestion.selection import OfRun, Query
from encord_provider.manifest.ingestion import Ingestion
from tests.unit.encord_api.keys import OPENSSH
from tests.unit.hooks.conftest import Connect
from tests.unit.hooks.test_run import Instance

ARRIVED = Ingestion(source="s3://fleet/", folder="fleet").model_dump()


@pytest.mark.usefixtures("home")
def test_a_folder_is_queried_and_a_run_is_looked_up_in_the_ledger(connect: Connect) -> None:
    connect(host="https://one.example.com", password=OPENSSH)
    context = {"ti": Instance()}
    with open_ledger() as ledger:
        query = Selected("fleet", None, True, "", ["video"], {"site": "north"}).of(ledger, context)
        of_run = Selected(None, ARRIVED).of(ledger, context)

    assert query == Query("fleet", True, None, ("video",), {"site": "north"})
    assert isinstance(of_run, OfRun)
    assert (of_run.run.target, of_run.run.source) == ("https://one.example.com#fleet", "s3://fleet/")
    assert of_run.run.name == "nightly/scheduled__2026-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        (Selected(None), "give folder=, or arrived="),
        (Selected("fleet", ARRIVED), "give folder=, or arrived="),
        (Selected(None, ARRIVED, search="front"), "need folder="),
    ],
)
def test_what_cannot_be_meant_is_said(wanted: Selected, problem: str, home: Path) -> None:
    with open_ledger() as ledger, pytest.raises(AirflowFailException, match=problem):
        wanted.of(ledger, {"ti": Instance()})
    assert home.exists()

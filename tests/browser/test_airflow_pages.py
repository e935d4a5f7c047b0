"""What a person sees in Airflow: the connection's form, the params, the run, a task that waits, links to Encord."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from demo.corpus import BUCKET
from demo.corpus.images import encode
from demo.corpus.road import DUSK
from demo.ingestion import CONF, DAG_ID, FOLDER
from tests.browser.shown import Shown
from tests.patience import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

TASKS = ("arrived", "manifests", "submit", "registered", "link", "describe", "receipt")


@pytest.fixture
def deferred_run(shown: Shown) -> Iterator[str]:
    """Start a run whose upload job makes no progress, wait until its task has deferred; let both end at last."""
    world, run_id = shown.world, "held"
    hold = partial(httpx.post, f"{world.sandbox.url}/_sandbox/jobs/hold")
    world.bucket_server.store(BUCKET).put("2026-11-21/late.jpg", encode("JPEG", DUSK, 5))
    hold(json={"held": True}).raise_for_status()
    conf = {**CONF, "prefix": "2026-11-21/", "metadata_table": None}
    world.airflow.api.trigger(DAG_ID, run_id, conf)
    assert eventually(lambda: shown.state_of(run_id, "registered") == "deferred", seconds=120)
    yield run_id
    hold(json={"held": False}).raise_for_status()
    assert eventually(lambda: world.airflow.api.run_state(DAG_ID, run_id) == "success", seconds=120)


def test_the_form_of_a_connection_asks_for_what_encord_needs(shown: Shown, page: "Page", shots: Path) -> None:
    page.goto(f"{shown.world.airflow.url}/connections")
    page.get_by_role("button", name="Add Connection").click()
    form = page.get_by_role("dialog")
    form.locator("input[name=connection_id]").fill("encord_default")
    form.get_by_role("combobox").first.fill("Encord")
    page.get_by_role("option", name="Encord", exact=True).click()
    form.get_by_role("button", name="Extra Fields", exact=True).click()

    for label in ("Region", "Private key", "Integration"):
        form.get_by_text(label).first.wait_for()
    assert form.locator("textarea[name=element_private_key]").is_visible()
    page.screenshot(path=shots / "connection-form.png")


def test_a_run_by_hand_is_asked_for_its_params(shown: Shown, page: "Page", shots: Path) -> None:
    page.goto(f"{shown.world.airflow.url}/dags/{DAG_ID}")
    page.get_by_role("button", name="Trigger").first.click()
    form = page.get_by_role("dialog")

    for param in ("bucket", "prefix", "folder", "dataset", "integration"):
        form.locator(f"[name=element_{param}]").wait_for()
    page.screenshot(path=shots / "trigger-form.png")


def test_the_grid_shows_every_task_of_the_run(shown: Shown, page: "Page", shots: Path) -> None:
    page.goto(shown.run_page(shown.receipt.run_id))

    page.get_by_text("7 Task Instances").wait_for()
    for task in TASKS:
        page.get_by_role("link", name=task).first.wait_for()
    page.screenshot(path=shots / "grid.png")
    assert page.get_by_text("Success").count() >= len(TASKS)


def test_a_task_that_waits_for_encord_is_deferred(
    shown: Shown, deferred_run: str, page: "Page", shots: Path
) -> None:
    page.goto(f"{shown.run_page(deferred_run)}/tasks/registered/details")

    page.get_by_text("UploadFinishedTrigger").first.wait_for()
    page.get_by_text("Deferred").first.wait_for()
    page.screenshot(path=shots / "deferred-task.png")


def test_a_button_of_the_task_leads_to_the_folder_in_encord(shown: Shown, page: "Page", shots: Path) -> None:
    page.goto(f"{shown.run_page(shown.receipt.run_id)}/tasks/registered/details")
    address = page.get_by_role("link", name="Folder in Encord").get_attribute("href")

    assert address is not None
    page.goto(address)
    page.get_by_role("heading", name=FOLDER).wait_for()
    page.screenshot(path=shots / "encord-folder.png", full_page=True)

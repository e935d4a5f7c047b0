"""What a person sees in the sandbox: its folders, its items, its jobs, its datasets."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from demo.ingestion import DATASET, FOLDER
from tests.browser.shown import Shown

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_the_first_page_leads_to_the_folder_and_the_dataset(shown: Shown, page: "Page", shots: Path) -> None:
    page.goto(shown.world.sandbox.url)
    page.screenshot(path=shots / "sandbox.png", full_page=True)

    page.get_by_role("link", name=DATASET).first.click()
    page.get_by_role("heading", name=DATASET).wait_for()
    page.screenshot(path=shots / "sandbox-dataset.png", full_page=True)
    page.go_back()
    page.get_by_role("link", name=FOLDER, exact=True).first.click()
    page.get_by_role("heading", name=FOLDER).wait_for()


def test_the_items_of_a_folder_have_pictures(shown: Shown, page: "Page", shots: Path) -> None:
    page.goto(shown.world.sandbox.url)
    page.get_by_role("link", name=FOLDER, exact=True).first.click()
    page.wait_for_load_state("networkidle")

    pictures = page.locator("img")
    drawn = pictures.evaluate_all("images => images.filter(image => image.naturalWidth > 0).length")

    assert drawn == pictures.count() > 0
    page.screenshot(path=shots / "sandbox-folder.png", full_page=True)

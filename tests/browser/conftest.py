"""The demo's world with one run behind it, and a browser that looks at it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from demo.ingestion import ingest
from demo.stopwatch import Stopwatch
from demo.world import running_world
from tests.browser.shown import Shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """Run the demo's world, and its main job once."""
    watch = Stopwatch()
    with running_world(tmp_path_factory.mktemp("demo"), watch) as world:
        yield Shown(world, ingest(world, watch))


@pytest.fixture(scope="module")  # playwright's event loop runs as long as this; no other test may meet it
def browser() -> Iterator["Browser"]:
    """Run Chromium: the system's own, since playwright's would be downloaded."""
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}; name one in CHROMIUM")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: "Browser") -> Iterator["Page"]:
    """Open an empty page; afterwards, nothing may have been asked of another machine, nor been refused."""
    asked: dict[str, int] = {}
    opened = browser.new_page(viewport={"width": 1440, "height": 900})
    opened.on("response", lambda response: asked.update({response.url: response.status}))
    yield opened
    opened.close()
    assert {urlsplit(url).hostname for url in asked if not url.startswith(("data:", "blob:"))} <= {
        "127.0.0.1"
    }
    assert not {url: status for url, status in asked.items() if status >= 400}


@pytest.fixture(scope="session")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Name the directory for screenshots: SCREENSHOTS, or a temporary one."""
    directory = Path(os.environ.get("SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    directory.mkdir(parents=True, exist_ok=True)
    return directory

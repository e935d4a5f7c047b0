"""The site: it builds without a warning, quotes what runs, and loads nothing from elsewhere."""

import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, REPOSITORY

pytest.importorskip("mkdocs", reason="the site's generator is installed with the group dev")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site as the checks do."""
    directory = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [
            sys.executable,
            "-m",
            "mkdocs",
            "build",
            "--strict",
            "-f",
            "docs/mkdocs.yml",
            "-d",
            directory,
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return directory


def test_every_page_is_there(site: Path) -> None:
    pages = [path.relative_to(PAGES).with_suffix("") for path in PAGES.rglob("*.md") if path.stem != "index"]

    assert [page for page in pages if not (site / page / "index.html").is_file()] == []


def test_a_quoted_dag_stands_on_its_page(site: Path) -> None:
    page = (site / "guides" / "first-dag" / "index.html").read_text()

    shown = unescape(re.sub(r"<[^>]+>", "", page))
    assert 'with DAG("first_upload"' in shown
    assert "--8<--" not in shown


def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    loading = re.compile(r'<(?:script|img|iframe|link)\b[^>]*\b(?:src|href)="(?:https?:)?//[^"]*"')

    for page in site.rglob("*.html"):
        assert loading.findall(page.read_text()) == []

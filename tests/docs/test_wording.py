"""What no page may hold: hosts of registries, paths of the machine it was written on."""

import re
from urllib.parse import urlsplit

import pytest

from tests.docs.pages import REPOSITORY, Page, all_pages

HOSTS = {
    "127.0.0.1",
    "airflow.apache.org",
    "api.encord.com",
    "api.us.encord.com",
    "docs.encord.com",
    "docs.sqlalchemy.org",
    "www.sqlite.org",
    "keepachangelog.com",
    "semver.org",
}
"""Where the pages may lead."""

STORES = {
    "fleet.obs.eu-de.otc.t-systems.com",
    "fleet.s3.eu-central-1.amazonaws.com",
    "fleetaccount.blob.core.windows.net",
    "minio.example.com",
    "obs.eu-de.otc.t-systems.com",
    "storage.cloud.google.com",
}
"""Where objects of the examples are."""

FORBIDDEN = re.compile(r"pypi|pythonhosted|npmjs|/(?:work|tmp|root|home|Users)/|TODO|FIXME", re.IGNORECASE)


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.path.stem)
def test_a_page_leads_only_to_known_hosts(page: Page) -> None:
    hosts = {urlsplit(url).hostname for url in re.findall(r"https?://[^\s)`'\"<>]+", page.text)}

    assert hosts <= HOSTS | STORES


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.path.stem)
def test_a_page_names_no_registry_and_no_path_of_a_machine(page: Page) -> None:
    assert FORBIDDEN.findall(page.text) == []


def test_the_settings_of_the_site_name_none_either() -> None:
    settings = (REPOSITORY / "docs" / "mkdocs.yml").read_text()

    assert FORBIDDEN.findall(settings) == []
    assert "http" not in settings

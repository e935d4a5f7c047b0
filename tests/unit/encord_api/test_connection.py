"""What it takes to talk to Encord."""

import pytest
from encord.configs import ENCORD_DOMAIN

from encord_provider.encord_api.connection import APPS, DOMAINS, Credentials
from tests.unit.encord_api.keys import KEY, OPENSSH


def test_the_domain_of_europe_is_the_sdks_own() -> None:
    assert DOMAINS["EU"] == ENCORD_DOMAIN
    assert all(not domain.endswith("/") for domain in DOMAINS.values())


def test_what_credentials_look_like_does_not_show_the_key() -> None:
    shown = f"{Credentials(DOMAINS['EU'], KEY, 's3')!r} {Credentials(DOMAINS['EU'], KEY)}"

    assert "s3" in shown
    assert "private_key" not in shown
    assert KEY.private_bytes_raw().hex()[:20] not in shown
    assert not any(line in shown for line in OPENSSH.splitlines())


@pytest.mark.parametrize("region", DOMAINS)
def test_pages_of_encord_itself_are_on_its_app(region: str) -> None:
    at_encord = Credentials(DOMAINS[region], KEY)

    pages = [at_encord.folder_page("f"), at_encord.job_page("j"), at_encord.dataset_page("d")]

    assert all(page.startswith(APPS[DOMAINS[region]]) for page in pages)


def test_pages_of_a_custom_domain_are_its_own() -> None:
    custom = Credentials("http://127.0.0.1:8080", KEY)

    assert custom.folder_page("f") == "http://127.0.0.1:8080/folders/f"
    assert custom.job_page("j") == "http://127.0.0.1:8080/jobs/j"
    assert custom.dataset_page("d") == "http://127.0.0.1:8080/datasets/d"

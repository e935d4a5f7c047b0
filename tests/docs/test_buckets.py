"""Connections for buckets: each on the page opens its bucket, and spells URLs as the page says."""

import base64
import json
import tomllib
from pathlib import Path

import pytest

from encord_provider.hooks.buckets import DEFAULT_CONN_IDS, open_source
from tests.clouds.google import ROBOT, private_key
from tests.docs.pages import REPOSITORY, Page, code

PAGE = "guides/buckets"
KEY = "2026/a b.mp4"
ROWS = [
    pytest.param(*(code(cell)[0] for cell in cells), id=store) for store, *cells in Page.read(PAGE).table()
]


@pytest.fixture(autouse=True)
def connections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Export what the page exports, with a key where it says that there is one."""
    given = {
        "type": "service_account",
        "client_email": ROBOT,
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    file = tmp_path / "google.json"
    file.write_text(json.dumps({**given, "private_key": private_key(ROBOT)}))
    for block in Page.read(PAGE).blocks("bash"):
        for line in block.code.splitlines():
            name, _, value = line.removeprefix("export ").partition("=")
            value = value.strip("'").replace("/run/secrets/google.json", str(file))
            monkeypatch.setenv(name, value.replace("ACCOUNT-KEY", base64.b64encode(b"key").decode()))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of the machine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "but-a-secret")


@pytest.mark.parametrize(("source", "extra", "conn_id", "url"), ROWS)
def test_a_bucket_is_opened_and_its_objects_are_spelled_as_the_page_says(
    source: str, extra: str, conn_id: str, url: str
) -> None:
    known = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["optional-dependencies"]

    by_name = open_source(source, conn_id)

    assert by_name.bucket.url_of(KEY) == url
    assert extra in known
    if conn_id in DEFAULT_CONN_IDS.values():
        assert open_source(source).bucket.url_of(KEY) == url


def test_every_default_connection_is_named() -> None:
    assert set(DEFAULT_CONN_IDS.values()) <= set(code(Page.read(PAGE).text))

"""Connections that break before or after a request took effect, and answers that come late."""

import time

import pytest
from encord.dataset import Dataset
from encord.exceptions import (
    RequestException,
)
from encord.http.constants import RequestsSettings
from encord.orm.dataset import LongPollingStatus
from encord.storage import StorageFolder
from encord.user_client import EncordUserClient

from encord_provider.sandbox.testing import RunningSandbox
from tests.contract.registration import register, registered, trusted_images, urls_of
from tests.contract.trouble import Trouble

SEARCH = "/v2/public/storage/search/folders"
FOLDERS = "/v2/public/storage/folders$"
JOBS = "/data-upload-jobs$"
LEGACY = "^/public"

ATTEMPTS = 4
"""Of one request: the SDK's ``DEFAULT_MAX_RETRIES`` and the first."""


def test_a_start_lost_on_the_way_there_has_started_nothing(
    folder: StorageFolder, integration: str, trouble: Trouble
) -> None:
    trouble.script({"method": "POST", "path": JOBS, "effect": "drop_before"})
    with pytest.raises(RequestException):
        folder.add_private_data_to_folder_start(integration, trusted_images(["s3://b/a.png"]))
    assert folder.get_summary().upload_jobs == 0
    assert urls_of(folder) == []


def test_a_start_lost_on_the_way_back_runs_unseen(
    folder: StorageFolder, integration: str, trouble: Trouble
) -> None:
    manifest = trusted_images(["s3://b/a.png"], skip_duplicate_urls=True)
    trouble.script({"method": "POST", "path": JOBS, "effect": "drop_after"})
    with pytest.raises(RequestException):
        folder.add_private_data_to_folder_start(integration, manifest)
    assert folder.get_summary().upload_jobs == 1
    register(folder, integration, manifest)  # the only remedy, and it makes nothing twice
    assert urls_of(folder) == ["s3://b/a.png"]


@pytest.mark.parametrize(("effect", "left"), [("drop_before", []), ("drop_after", ["drop_after"])])
def test_a_folder_whose_answer_was_lost_may_be_there(
    client: EncordUserClient, trouble: Trouble, effect: str, left: list[str]
) -> None:
    trouble.script({"method": "POST", "path": FOLDERS, "effect": effect})
    with pytest.raises(RequestException):
        client.create_storage_folder(name=effect)
    assert [folder.name for folder in client.find_storage_folders(search=effect)] == left


@pytest.mark.parametrize(("effect", "name"), [("drop_before", "fleet"), ("drop_after", "changed")])
def test_a_patch_whose_answer_was_lost_may_have_worked(
    client: EncordUserClient, folder: StorageFolder, trouble: Trouble, effect: str, name: str
) -> None:
    trouble.script({"method": "PATCH", "path": "/folders/", "effect": effect})
    with pytest.raises(RequestException):
        folder.update(name="changed")
    assert client.get_storage_folder(folder.uuid).name == name


def test_a_read_whose_connection_broke_is_asked_again(
    client: EncordUserClient, folder: StorageFolder, trouble: Trouble
) -> None:
    trouble.script(
        {"method": "GET", "path": SEARCH, "effect": "drop_before"},
        {"method": "GET", "path": SEARCH, "effect": "drop_after"},
    )
    assert folder.uuid in {found.uuid for found in client.find_storage_folders()}


def test_a_connection_that_breaks_every_time_is_an_error(client: EncordUserClient, trouble: Trouble) -> None:
    trouble.script({"method": "GET", "path": SEARCH, "times": ATTEMPTS, "effect": "drop_before"})
    with pytest.raises(RequestException):
        list(client.find_storage_folders())
    list(client.find_storage_folders())


def test_a_poll_whose_connection_broke_is_asked_again(
    folder: StorageFolder, integration: str, trouble: Trouble
) -> None:
    trouble.script({"method": "GET", "path": "/data-upload-jobs/", "effect": "drop_before"})
    state = register(folder, integration, trusted_images(["s3://b/a.png"]))
    assert state.status == LongPollingStatus.DONE


def test_a_slow_answer_is_waited_for(client: EncordUserClient, trouble: Trouble) -> None:
    trouble.script({"path": SEARCH, "effect": "delay", "seconds": 0.5})
    started = time.monotonic()
    list(client.find_storage_folders())
    assert time.monotonic() - started >= 0.5


def test_an_answer_that_comes_too_late_is_an_error(sandbox: RunningSandbox, trouble: Trouble) -> None:
    settings = RequestsSettings(max_retries=0, read_timeout=1)
    client = EncordUserClient.create_with_ssh_private_key(
        sandbox.private_key, domain=sandbox.url, requests_settings=settings
    )
    trouble.script({"path": SEARCH, "effect": "delay", "seconds": 2})
    with pytest.raises(RequestException):
        list(client.find_storage_folders())


@pytest.mark.parametrize(("effect", "left"), [("drop_before", 0), ("drop_after", 1)])
def test_a_link_whose_answer_was_lost_may_be_there(
    dataset: Dataset,
    folder: StorageFolder,
    integration: str,
    trouble: Trouble,
    *,
    effect: str,
    left: int,
) -> None:
    [item] = registered(folder, integration, trusted_images(["s3://b/a.png"]))
    trouble.script({"path": LEGACY, "effect": effect})
    with pytest.raises(RequestException):
        dataset.link_items([item.uuid])
    assert len(dataset.list_data_rows()) == left
    dataset.link_items([item.uuid])
    assert len(dataset.list_data_rows()) == 1

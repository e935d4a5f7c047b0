"""What the SDK makes of each status, what it asks again, and what is the caller's fault."""

import time
from uuid import UUID

import pytest
from encord.dataset import Dataset
from encord.exceptions import (
    AuthenticationError,
    AuthorisationError,
    EncordException,
    InvalidArgumentsError,
    MethodNotAllowedError,
    PayloadTooLargeError,
    RateLimitExceededError,
    ResourceExistsError,
    ResourceNotFoundError,
    UnknownException,
)
from encord.orm.dataset import LongPollingStatus
from encord.storage import StorageFolder
from encord.user_client import EncordUserClient

from encord_provider.sandbox.testing import RunningSandbox
from tests.contract.registration import register, trusted_images, urls_of
from tests.contract.traffic import Traffic
from tests.contract.trouble import Fault, Trouble
from tests.contract.wire import key_of, send, signed

SEARCH = "/v2/public/storage/search/folders"
FOLDERS = "/v2/public/storage/folders$"
JOBS = "/data-upload-jobs$"
LEGACY = "^/public"

STATUS_ERRORS: list[tuple[int, type[EncordException]]] = [
    (400, InvalidArgumentsError),
    (401, AuthenticationError),
    (403, AuthorisationError),
    (404, ResourceNotFoundError),
    (405, MethodNotAllowedError),
    (409, ResourceExistsError),
    (413, PayloadTooLargeError),
    (422, UnknownException),
    (429, RateLimitExceededError),
    (500, UnknownException),
    (502, UnknownException),
    (503, UnknownException),
    (504, UnknownException),
]

RETRIED = {413, 429, 500, 502, 503}
"""What the SDK asks again for, unless the endpoint forbids it."""

MESSAGE_KEPT = {400, 401, 403, 409, 413, 422, 500, 502, 503, 504}
"""Where the SDK repeats what the server said; for the others it has its own words."""

ATTEMPTS = 4
"""Of one request: the SDK's ``DEFAULT_MAX_RETRIES`` and the first."""


def found(client: EncordUserClient, name: str = "fleet") -> set[UUID]:
    """Search for folders, which is all that most of these tests ask for."""
    return {folder.uuid for folder in client.find_storage_folders(search=name, page_size=1000)}


@pytest.mark.parametrize(("status", "error"), STATUS_ERRORS)
def test_each_status_is_its_own_error(
    client: EncordUserClient,
    trouble: Trouble,
    traffic: Traffic,
    status: int,
    error: type[EncordException],
) -> None:
    said = "the cable was cut"
    strikes: Fault = {"effect": "status", "status": status, "message": said, "times": ATTEMPTS}
    trouble.script({"method": "GET", "path": SEARCH, **strikes})
    with pytest.raises(error) as raised:
        found(client)
    assert type(raised.value) is error
    assert (said in raised.value.message) == (status in MESSAGE_KEPT)
    expected = ATTEMPTS if status in RETRIED else 1
    assert traffic.statuses("GET", SEARCH) == [status] * expected


@pytest.mark.parametrize("status", sorted(RETRIED))
def test_a_passing_fault_is_not_noticed(
    client: EncordUserClient, trouble: Trouble, traffic: Traffic, folder: StorageFolder, status: int
) -> None:
    trouble.script({"method": "GET", "path": SEARCH, "times": 2, "effect": "status", "status": status})
    assert folder.uuid in found(client)
    assert traffic.statuses("GET", SEARCH) == [status, status, 200]


def test_a_rate_limit_says_how_long_to_wait(impatient: EncordUserClient, trouble: Trouble) -> None:
    trouble.script({"path": SEARCH, "effect": "status", "status": 429, "retry_after": 7})
    with pytest.raises(RateLimitExceededError) as raised:
        found(impatient)
    assert raised.value.retry_after == 7
    trouble.script({"path": SEARCH, "effect": "status", "status": 429})
    with pytest.raises(RateLimitExceededError) as raised:
        found(impatient)
    assert raised.value.retry_after is None


def test_the_sdk_waits_as_long_as_it_is_told(client: EncordUserClient, trouble: Trouble) -> None:
    trouble.script({"path": SEARCH, "effect": "status", "status": 429, "retry_after": 1})
    started = time.monotonic()
    found(client)
    assert time.monotonic() - started >= 1


@pytest.mark.parametrize("status", [500, 503])
def test_what_makes_something_is_not_asked_twice(
    client: EncordUserClient, trouble: Trouble, traffic: Traffic, status: int
) -> None:
    trouble.script({"method": "POST", "path": FOLDERS, "effect": "status", "status": status})
    with pytest.raises(UnknownException):
        client.create_storage_folder("never made")
    assert traffic.statuses("POST", FOLDERS) == [status]
    assert not found(client, "never made")


def test_a_patch_is_not_asked_twice(
    client: EncordUserClient, folder: StorageFolder, trouble: Trouble, traffic: Traffic
) -> None:
    trouble.script({"method": "PATCH", "path": "/folders/", "effect": "status", "status": 503})
    with pytest.raises(UnknownException):
        folder.update(name="changed")
    assert traffic.statuses("PATCH", "/folders/") == [503]
    assert client.get_storage_folder(folder.uuid).name == "fleet"


def test_a_start_that_is_refused_has_started_nothing(
    folder: StorageFolder, integration: str, trouble: Trouble, traffic: Traffic
) -> None:
    trouble.script({"method": "POST", "path": JOBS, "effect": "status", "status": 503})
    with pytest.raises(UnknownException):
        folder.add_private_data_to_folder_start(integration, trusted_images(["s3://b/a.png"]))
    assert traffic.statuses("POST", JOBS) == [503]
    assert folder.get_summary().upload_jobs == 0


@pytest.mark.parametrize(("status", "error"), [(429, RateLimitExceededError), (503, UnknownException)])
def test_a_poll_of_a_folder_job_gives_up_at_a_status(
    impatient: EncordUserClient,
    folder: StorageFolder,
    integration: str,
    trouble: Trouble,
    *,
    status: int,
    error: type[EncordException],
) -> None:
    trouble.script({"method": "GET", "path": "/data-upload-jobs/", "effect": "status", "status": status})
    with pytest.raises(error):
        register(impatient.get_storage_folder(folder.uuid), integration, trusted_images(["s3://b/a.png"]))
    register(folder, integration, trusted_images(["s3://b/b.png"]))  # the first job ran before it
    assert urls_of(folder) == ["s3://b/a.png", "s3://b/b.png"]


@pytest.mark.slow  # the SDK sleeps for 10 s whatever it is told
def test_a_poll_of_a_dataset_job_waits_out_a_rate_limit(
    impatient: EncordUserClient, dataset: Dataset, folder: StorageFolder, integration: str, trouble: Trouble
) -> None:
    patient = impatient.get_dataset(dataset.dataset_hash)
    manifest = {"images": [{"objectUrl": "s3://b/a.png"}]}
    job = patient.add_private_data_to_dataset_start(integration, manifest, ignore_errors=True, folder=folder)
    trouble.script({"path": LEGACY, "effect": "status", "status": 429, "retry_after": 1})
    assert patient.add_private_data_to_dataset_get_result(job).status == LongPollingStatus.DONE


def test_a_cancel_is_asked_again_and_cancels_once(
    folder: StorageFolder, integration: str, trouble: Trouble, traffic: Traffic
) -> None:
    trouble.hold_jobs()
    job = folder.add_private_data_to_folder_start(integration, trusted_images(["s3://b/a.png"]))
    trouble.script({"method": "POST", "path": "/cancel$", "effect": "status", "status": 503})
    assert folder.add_data_to_folder_job_cancel(job).units_cancelled_count == 1
    assert traffic.statuses("POST", "/cancel$") == [503, 200]


def test_faults_that_were_called_off_do_not_strike(client: EncordUserClient, trouble: Trouble) -> None:
    trouble.script({"path": SEARCH, "times": 100, "effect": "status", "status": 400})
    with pytest.raises(InvalidArgumentsError):
        found(client)
    trouble.end()
    found(client)


def test_a_fault_strikes_only_the_method_and_path_that_it_names(
    client: EncordUserClient, trouble: Trouble
) -> None:
    trouble.script({"method": "POST", "path": SEARCH, "effect": "status", "status": 400})
    folder = client.create_storage_folder("fleet")
    assert found(client) >= {folder.uuid}


@pytest.mark.parametrize(
    ("status", "error"), [(429, RateLimitExceededError), (413, PayloadTooLargeError), (503, EncordException)]
)
def test_the_legacy_api_has_its_troubles_too(
    dataset: Dataset, trouble: Trouble, status: int, error: type[EncordException]
) -> None:
    trouble.script({"path": LEGACY, "times": ATTEMPTS, "effect": "status", "status": status})
    with pytest.raises(error):
        dataset.list_data_rows()
    assert dataset.list_data_rows() == []


@pytest.mark.parametrize("path", ["storage/nonsense", "storage/folders/not-a-uuid", "nonsense"])
def test_a_path_that_makes_no_sense_is_the_callers_fault(sandbox: RunningSandbox, path: str) -> None:
    request = signed(key_of(sandbox.private_key), "GET", f"{sandbox.url}/v2/public/{path}")
    assert 400 <= send(request).status_code < 500


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b"{}", b'{"name": 7}'])
def test_a_body_that_makes_no_sense_is_the_callers_fault(
    sandbox: RunningSandbox, client: EncordUserClient, body: bytes
) -> None:
    before = found(client, "")
    request = signed(key_of(sandbox.private_key), "POST", f"{sandbox.url}/v2/public/storage/folders", body)
    assert send(request).status_code in {400, 422}
    assert found(client, "") == before

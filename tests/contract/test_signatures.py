"""Who is let in: both APIs, signed by key or with a bearer token."""

import hashlib
import json
import re
from collections.abc import Callable

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from encord.dataset import Dataset
from encord.exceptions import AuthenticationError, AuthorisationError, EncordException
from encord.storage import StorageFolder
from encord.user_client import EncordUserClient

from encord_provider.sandbox.testing import RunningSandbox
from tests.contract.wire import key_of, public_hex, send, signed

FOLDERS = "/v2/public/storage/folders"

Tamper = Callable[[requests.PreparedRequest], None]


@pytest.fixture
def sandbox(empty_sandbox: RunningSandbox) -> RunningSandbox:
    """Give each test an organisation of its own."""
    return empty_sandbox


def stranger() -> str:
    """Make a key that nobody knows."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()


def creation(sandbox: RunningSandbox, name: str) -> requests.PreparedRequest:
    """Sign the creation of a folder."""
    body = json.dumps({"name": name}).encode()
    return signed(key_of(sandbox.private_key), "POST", sandbox.url + FOLDERS, body)


def test_a_request_signed_by_hand_is_let_in(sandbox: RunningSandbox, client: EncordUserClient) -> None:
    assert send(creation(sandbox, "by hand")).status_code == requests.codes.ok
    assert [folder.name for folder in client.list_storage_folders()] == ["by hand"]


def change_body(request: requests.PreparedRequest) -> None:
    """Name another folder."""
    request.body = json.dumps({"name": "evil"}).encode()
    request.headers["Content-Length"] = str(len(request.body))


def change_body_and_digest(request: requests.PreparedRequest) -> None:
    """Name another folder and make the digest true again, which leaves the signature."""
    unsigned = signed(Ed25519PrivateKey.generate(), "POST", str(request.url), b'{"name": "evil"}')
    request.body = unsigned.body
    request.headers["Content-Length"] = str(len(b'{"name": "evil"}'))
    request.headers["Content-Digest"] = unsigned.headers["Content-Digest"]


def change_query(request: requests.PreparedRequest) -> None:
    """Ask for something else."""
    request.url = f"{request.url}?evil=1"


def claim_another_key(request: requests.PreparedRequest) -> None:
    """Name a key that did not sign."""
    claimed = public_hex(Ed25519PrivateKey.generate())
    header = str(request.headers["Signature-Input"])
    request.headers["Signature-Input"] = re.sub('keyid="[^"]+"', f'keyid="{claimed}"', header)


def change_time(request: requests.PreparedRequest) -> None:
    """Say that it was signed a second later."""
    header = str(request.headers["Signature-Input"])
    request.headers["Signature-Input"] = re.sub(
        r"created=(\d+)", lambda created: f"created={int(created[1]) + 1}", header
    )


def without(header: str) -> Tamper:
    """Leave a header out."""

    def tamper(request: requests.PreparedRequest) -> None:
        del request.headers[header]

    return tamper


def garble(header: str) -> Tamper:
    """Write nonsense into a header."""

    def tamper(request: requests.PreparedRequest) -> None:
        request.headers[header] = "nonsense"

    return tamper


@pytest.mark.parametrize(
    "tamper",
    [
        change_body,
        change_body_and_digest,
        change_query,
        claim_another_key,
        change_time,
        without("Signature"),
        without("Signature-Input"),
        without("Content-Digest"),
        garble("Signature"),
        garble("Signature-Input"),
        garble("Content-Digest"),
    ],
    ids=[
        "body",
        "body and digest",
        "query",
        "key",
        "time",
        "no signature",
        "no input",
        "no digest",
        "garbled signature",
        "garbled input",
        "garbled digest",
    ],
)
def test_a_request_that_is_not_what_was_signed_is_refused(
    sandbox: RunningSandbox, client: EncordUserClient, tamper: Tamper
) -> None:
    request = creation(sandbox, "good")
    tamper(request)
    assert send(request).status_code == requests.codes.unauthorized
    assert not list(client.list_storage_folders())


def test_a_signature_for_one_path_does_not_open_another(
    sandbox: RunningSandbox, client: EncordUserClient, folder: StorageFolder
) -> None:
    mine = f"{sandbox.url}{FOLDERS}/{folder.uuid}"
    request = signed(key_of(sandbox.private_key), "DELETE", f"{sandbox.url}{FOLDERS}/{'0' * 36}")
    request.url = mine
    assert send(request).status_code == requests.codes.unauthorized
    assert client.get_storage_folder(folder.uuid).name == "fleet"


def test_a_signature_for_one_method_does_not_serve_another(
    sandbox: RunningSandbox, client: EncordUserClient, folder: StorageFolder
) -> None:
    request = signed(key_of(sandbox.private_key), "GET", f"{sandbox.url}{FOLDERS}/{folder.uuid}")
    request.method = "DELETE"
    assert send(request).status_code == requests.codes.unauthorized
    assert client.get_storage_folder(folder.uuid).name == "fleet"


def test_a_request_without_any_credential_is_refused(sandbox: RunningSandbox) -> None:
    assert requests.get(sandbox.url + FOLDERS, timeout=10).status_code == requests.codes.unauthorized


def test_an_unknown_key_opens_neither_api(sandbox: RunningSandbox, dataset: Dataset) -> None:
    client = EncordUserClient.create_with_ssh_private_key(stranger(), domain=sandbox.url)
    with pytest.raises(AuthenticationError):
        list(client.list_storage_folders())
    with pytest.raises(EncordException) as refused:
        client.get_dataset(dataset.dataset_hash)
    assert type(refused.value).__name__ in {"AuthenticationError", "SshKeyNotFound"}


def legacy(sandbox: RunningSandbox, body: bytes, authorization: str | None) -> int:
    """Call the legacy API by hand; what the envelope says."""
    headers = {"Content-Type": "application/json", "ResourceType": "dataset", "ResourceID": "x"}
    if authorization is not None:
        headers["Authorization"] = authorization
    response = requests.post(f"{sandbox.url}/public", data=body, headers=headers, timeout=10)
    status = response.json()["status"]
    assert isinstance(status, int)
    return status


QUESTION = json.dumps(
    {"query_type": "datarows", "query_method": "GET", "values": {"uid": None, "payload": {}}}
)


def legacy_signature(key: Ed25519PrivateKey, body: bytes) -> str:
    """Sign the digest of a body, as the legacy API wants it."""
    return f"{public_hex(key)}:{key.sign(hashlib.sha256(body).digest()).hex()}"


@pytest.mark.parametrize(
    "authorize",
    [
        pytest.param(lambda key: legacy_signature(key, b"another body"), id="body"),
        pytest.param(
            lambda key: f"{public_hex(key)}:{Ed25519PrivateKey.generate().sign(b'').hex()}", id="signature"
        ),
        pytest.param(
            lambda _: legacy_signature(Ed25519PrivateKey.generate(), QUESTION.encode()), id="unknown key"
        ),
        pytest.param(lambda _: None, id="none"),
        pytest.param(lambda _: "nonsense", id="nonsense"),
        pytest.param(lambda key: f"{public_hex(key)}:zz", id="no hex"),
    ],
)
def test_a_legacy_request_that_is_not_what_was_signed_is_refused(
    sandbox: RunningSandbox, authorize: Callable[[Ed25519PrivateKey], str | None]
) -> None:
    status = legacy(sandbox, QUESTION.encode(), authorize(key_of(sandbox.private_key)))
    assert status == requests.codes.unauthorized


def test_a_legacy_request_signed_by_hand_gets_past_the_door(sandbox: RunningSandbox) -> None:
    body = QUESTION.encode()
    authorization = legacy_signature(key_of(sandbox.private_key), body)
    assert legacy(sandbox, body, authorization) != requests.codes.unauthorized


def test_a_bearer_token_opens_both_apis(
    sandbox: RunningSandbox, client: EncordUserClient, folder: StorageFolder, dataset: Dataset
) -> None:
    token = client.get_bearer_token()
    bearer = EncordUserClient.create_with_bearer_token(token, domain=sandbox.url)
    assert bearer.get_storage_folder(folder.uuid).name == "fleet"
    assert bearer.get_dataset(dataset.dataset_hash).title == "fleet"
    assert bearer.create_storage_folder("by bearer").name == "by bearer"


def test_a_wrong_bearer_token_opens_neither_api(sandbox: RunningSandbox, dataset: Dataset) -> None:
    bearer = EncordUserClient.create_with_bearer_token("guess", domain=sandbox.url)
    with pytest.raises(AuthenticationError):
        list(bearer.list_storage_folders())
    with pytest.raises((AuthenticationError, AuthorisationError)):
        bearer.get_dataset(dataset.dataset_hash)


def test_no_answer_carries_the_private_key(sandbox: RunningSandbox, client: EncordUserClient) -> None:
    secret = "".join(sandbox.private_key.splitlines()[1:-1])
    assert secret not in send(creation(sandbox, "x")).text.replace("\n", "")
    assert secret not in repr(sandbox).replace("\n", "")
    assert [folder.name for folder in client.list_storage_folders()] == ["x"]

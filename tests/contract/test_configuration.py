"""A sandbox as its config file wants it: keys, tokens, integrations, limits."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from encord.exceptions import AuthenticationError, InvalidArgumentsError
from encord.user_client import EncordUserClient

from encord_provider.sandbox.cloud import Integration
from tests.contract.registration import register, trusted_images
from tests.contract.sandbox_process import SandboxProcess, sandbox_process
from tests.contract.wire import public_hex

TOKEN = "let-me-in"  # noqa: S105 - it opens nothing but this test's sandbox


@pytest.fixture(scope="module")
def keys() -> list[Ed25519PrivateKey]:
    """Make two keys that the sandbox will know, and one that it will not."""
    return [Ed25519PrivateKey.generate() for _ in range(3)]


@pytest.fixture(scope="module")
def process(
    keys: list[Ed25519PrivateKey], s3_integration: Integration, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SandboxProcess]:
    """Run a sandbox on a config file that says all that it may."""
    openssh = keys[0].public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    config = {
        "public_keys": [openssh, public_hex(keys[1])],
        "bearer_tokens": [TOKEN],
        "integrations": [s3_integration.revealed()],
        "page": False,
        "units_per_second": 1000,
        "limits": {"manifest_items": 3},
    }
    state = tmp_path_factory.mktemp("configured")
    (state / "config.json").write_text(json.dumps(config))
    with sandbox_process(state) as running:
        yield running


def client_of(process: SandboxProcess, key: Ed25519PrivateKey) -> EncordUserClient:
    """Connect with a key."""
    text = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
    return EncordUserClient.create_with_ssh_private_key(text, domain=process.url)


def test_all_keys_and_tokens_of_an_organisation_see_one_world(
    process: SandboxProcess, keys: list[Ed25519PrivateKey]
) -> None:
    folder = client_of(process, keys[0]).create_storage_folder("shared")
    assert client_of(process, keys[1]).get_storage_folder(folder.uuid).name == "shared"
    bearer = EncordUserClient.create_with_bearer_token(TOKEN, domain=process.url)
    assert bearer.get_storage_folder(folder.uuid).name == "shared"


def test_a_key_that_the_config_does_not_name_is_refused(
    process: SandboxProcess, keys: list[Ed25519PrivateKey]
) -> None:
    with pytest.raises(AuthenticationError):
        list(client_of(process, keys[2]).list_storage_folders())
    assert not (process.state / "private_key").exists()  # it was given keys, so it made none


def test_limits_can_be_narrower(
    process: SandboxProcess, keys: list[Ed25519PrivateKey], s3_integration: Integration
) -> None:
    folder = client_of(process, keys[0]).create_storage_folder("narrow")
    integration = str(s3_integration.uuid)
    with pytest.raises(InvalidArgumentsError):
        register(folder, integration, trusted_images(f"s3://b/{number}.png" for number in range(4)))
    three = trusted_images(f"s3://b/{number}.png" for number in range(3))
    assert register(folder, integration, three).units_done_count == 3


def test_the_page_can_be_left_out(process: SandboxProcess) -> None:
    assert httpx.get(process.url).status_code == httpx.codes.NOT_FOUND
    assert httpx.get(f"{process.url}/_sandbox/health").json() == {"status": "ok"}


def test_another_process_adds_an_integration_and_reads_what_was_asked(
    process: SandboxProcess, keys: list[Ed25519PrivateKey], s3_integration: Integration
) -> None:
    added = s3_integration.model_copy(update={"uuid": uuid4(), "title": "added"})
    answer = httpx.post(f"{process.url}/_sandbox/integrations", json=added.revealed())
    assert answer.json() == str(added.uuid)
    [known] = client_of(process, keys[0]).get_cloud_integrations(filter_integration_titles=["added"])
    assert known.id == str(added.uuid)
    requests = httpx.get(f"{process.url}/_sandbox/requests").json()
    assert requests[-1] == ["GET", "/v2/public/cloud-integrations", 200]


def test_the_sandbox_prints_no_secret(process: SandboxProcess, s3_integration: Integration) -> None:
    printed = Path(process.process.log).read_text()
    assert s3_integration.secret_access_key is not None
    assert s3_integration.secret_access_key.get_secret_value() not in printed
    assert TOKEN not in printed

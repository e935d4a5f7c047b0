"""The vendor's own client and what most tests begin with, in an empty sandbox."""

from collections.abc import Iterator

import pytest
from encord.dataset import Dataset
from encord.http.constants import RequestsSettings
from encord.orm.dataset import StorageLocation
from encord.storage import StorageFolder, StorageItem
from encord.user_client import EncordUserClient

from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.testing import RunningSandbox, running_sandbox
from tests.contract.registration import registered, trusted_images
from tests.contract.traffic import Traffic
from tests.contract.trouble import Trouble


@pytest.fixture(scope="module")
def sandbox(s3_integration: Integration) -> Iterator[RunningSandbox]:
    """Run one Encord for all tests of a module; each makes folders and datasets of its own."""
    with running_sandbox(integrations=[s3_integration]) as running:
        yield running


@pytest.fixture
def empty_sandbox(s3_integration: Integration) -> Iterator[RunningSandbox]:
    """Run an Encord for one test, for modules whose tests look at the whole organisation."""
    with running_sandbox(integrations=[s3_integration]) as running:
        yield running


@pytest.fixture
def traffic(sandbox: RunningSandbox) -> Traffic:
    """Begin to count requests."""
    return Traffic(sandbox, before=len(sandbox.requests))


@pytest.fixture
def client(sandbox: RunningSandbox) -> EncordUserClient:
    """Make the unmodified SDK's client, with its own settings but no pause between its retries."""
    return EncordUserClient.create_with_ssh_private_key(
        sandbox.private_key, domain=sandbox.url, requests_settings=RequestsSettings(backoff_factor=0)
    )


@pytest.fixture
def impatient(sandbox: RunningSandbox) -> EncordUserClient:
    """Make a client that never retries."""
    return EncordUserClient.create_with_ssh_private_key(
        sandbox.private_key, domain=sandbox.url, requests_settings=RequestsSettings(max_retries=0)
    )


@pytest.fixture
def integration(s3_integration: Integration) -> str:
    """Name the integration as the SDK wants it: the text of its UUID."""
    return str(s3_integration.uuid)


@pytest.fixture
def folder(client: EncordUserClient) -> StorageFolder:
    """Make an empty folder."""
    return client.create_storage_folder("fleet")


@pytest.fixture
def dataset(client: EncordUserClient) -> Dataset:
    """Make an empty dataset without a backing folder."""
    made = client.create_dataset("fleet", StorageLocation.S3_COMPATIBLE, create_backing_folder=False)
    return client.get_dataset(made.dataset_hash)


@pytest.fixture
def images(folder: StorageFolder, integration: str) -> list[StorageItem]:
    """Register a.png, b.png and c.png, which need not exist."""
    return registered(
        folder, integration, trusted_images([f"s3://b/{name}.png" for name in "abc"], site="north")
    )


@pytest.fixture
def trouble(sandbox: RunningSandbox) -> Iterator[Trouble]:
    """Let the test make trouble, and end it."""
    maker = Trouble(sandbox.url)
    yield maker
    maker.end()
    maker.hold_jobs(held=False)
    maker.pace(None)

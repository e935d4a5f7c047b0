"""One Encord on localhost for the tests of a module; each makes folders and datasets of its own."""

from collections.abc import Iterator

import pytest

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.connection import Credentials
from encord_provider.encord_api.private_key import load_private_key
from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.testing import RunningSandbox, running_sandbox


@pytest.fixture(scope="module")
def sandbox(s3_integration: Integration) -> Iterator[RunningSandbox]:
    """Run an Encord that knows the integration titled "s3"."""
    with running_sandbox(integrations=[s3_integration]) as running:
        yield running


@pytest.fixture
def credentials(sandbox: RunningSandbox) -> Credentials:
    """Hold what opens it."""
    return Credentials(sandbox.url, load_private_key(sandbox.private_key), "s3")


@pytest.fixture
def api(credentials: Credentials) -> EncordApi:
    """Talk to it as the provider does."""
    return EncordApi(credentials)


@pytest.fixture(autouse=True)
def _no_trouble_left(sandbox: RunningSandbox) -> Iterator[None]:
    """Leave no scripted trouble and no held jobs to the next test."""
    yield
    sandbox.faults.clear()
    sandbox.hold_jobs(held=False)

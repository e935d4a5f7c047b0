"""The benches of polling and pacing, small, and whether their synthetic server is like the sandbox."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.connection import Credentials
from encord_provider.encord_api.polling import shared_poller
from encord_provider.encord_api.private_key import load_private_key, public_hex
from encord_provider.errors import Refused
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.manifests import Manifest
from encord_provider.manifest.units import Unit
from encord_provider.sandbox.testing import running_sandbox
from tests.bench.pacing import pacing
from tests.bench.polling import polling
from tests.bench.status_server import CHECKED, FOLDER, Jobs, running_status_server, uuid_of
from tests.unit.encord_api.keys import KEY

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


async def test_the_synthetic_server_tells_what_the_sandbox_tells() -> None:
    with running_sandbox() as sandbox:
        credentials = Credentials(sandbox.url, load_private_key(sandbox.private_key))
        api = EncordApi(credentials)
        folder = api.folder("fleet", create=True)
        job = api.start_upload(folder, None, Manifest((Unit(Kind.IMAGE, "a.png", ("absent.png",)),)))
        path = f"/v2/public/storage/folders/{folder}/data-upload-jobs/{job}?timeoutSeconds=0"
        async with shared_poller(credentials) as poller:
            real = json.loads(await poller._ask("GET", path, "ask"))  # noqa: SLF001 - all that it says

    assert set(json.loads(Jobs(1, 60, 0, "").state(1))) == set(real)


async def test_the_synthetic_server_checks_signatures() -> None:
    with running_status_server(Jobs(1, 60, 0, public_hex(KEY))) as url:
        known = Credentials(url, KEY)
        stranger = Credentials(url, Ed25519PrivateKey.generate())
        async with shared_poller(known) as poller, shared_poller(stranger) as other:
            for _ in range(2 * CHECKED - 1):
                assert (await poller.progress(FOLDER, uuid_of(0))).pending > 0
            with pytest.raises(Refused):
                await other.progress(FOLDER, uuid_of(0))


def test_waiting_for_a_few_hundred_jobs_costs_less_than_threads_that_wait() -> None:
    measured = polling(500, warm=20, window=30)

    assert measured["ratio"] > 1, "the ratio grows with the jobs, since the loop costs what it costs"
    assert measured["steps"]["ours"]["ended"] > 0


def test_a_limit_that_moves_is_used_and_not_run_into() -> None:
    measured = pacing(30)

    assert measured["steps"]["ours"]["refused"] < 0.1
    assert measured["ratio"] > 3

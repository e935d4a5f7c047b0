"""Many upload jobs asked for at once."""

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID, uuid4

import pytest

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.connection import Credentials
from encord_provider.encord_api.polling import Poller
from encord_provider.errors import EncordUnavailable, Refused
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.manifests import Manifest
from encord_provider.manifest.units import Unit
from encord_provider.sandbox.testing import RunningSandbox
from encord_provider.uploads.progress import JobStatus
from tests.unit.encord_api.keys import KEY


@pytest.fixture
def job(api: EncordApi, sandbox: RunningSandbox) -> tuple[str, str]:
    """Start a job that stands still; return folder and job."""
    sandbox.hold_jobs()
    folder = api.folder(f"fleet {uuid4().hex[:8]}", create=True)
    unit = Unit(Kind.IMAGE, "a.png", ("https://b.example.com/absent.png",))
    return folder, api.start_upload(folder, api.integration(None), Manifest((unit,)))


async def status_of(credentials: Credentials, folder: str, job: str) -> JobStatus:
    """Ask once."""
    async with Poller(credentials) as poller:
        return await poller.status(folder, job)


async def test_a_job_that_stands_still_is_answered_at_once(
    credentials: Credentials, job: tuple[str, str]
) -> None:
    async with asyncio.timeout(5):
        assert await status_of(credentials, *job) is JobStatus.PENDING


async def test_a_job_that_ended_is_done(
    credentials: Credentials, api: EncordApi, job: tuple[str, str], sandbox: RunningSandbox
) -> None:
    sandbox.hold_jobs(held=False)
    folder = api.client.get_storage_folder(job[0])
    folder.add_private_data_to_folder_get_result(UUID(job[1]), timeout_seconds=30)

    assert await status_of(credentials, *job) is JobStatus.DONE


async def test_a_job_can_be_cancelled(
    credentials: Credentials, job: tuple[str, str], sandbox: RunningSandbox
) -> None:
    async with Poller(credentials) as poller:
        await poller.cancel(*job)
        sandbox.hold_jobs(held=False)

        assert await poller.status(*job) is JobStatus.CANCELLED


async def test_many_jobs_are_asked_for_over_one_client(
    credentials: Credentials, job: tuple[str, str]
) -> None:
    async with Poller(credentials) as poller:
        statuses = await asyncio.gather(*(poller.status(*job) for _ in range(50)))

    assert statuses == [JobStatus.PENDING] * 50


async def test_a_key_that_encord_does_not_know_is_refused(
    sandbox: RunningSandbox, job: tuple[str, str]
) -> None:
    with pytest.raises(Refused, match=r"HTTP 401"):
        await status_of(Credentials(sandbox.url, KEY), *job)


async def test_a_job_that_does_not_exist_is_refused(credentials: Credentials, job: tuple[str, str]) -> None:
    with pytest.raises(Refused):
        await status_of(credentials, job[0], str(uuid4()))


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
async def test_trouble_on_encords_side_is_for_later(
    credentials: Credentials, job: tuple[str, str], sandbox: RunningSandbox, status: int
) -> None:
    sandbox.faults.add("status", path=job[1], status=status, retry_after=3)

    with pytest.raises(EncordUnavailable, match=f"HTTP {status}") as caught:
        await status_of(credentials, *job)

    assert caught.value.retry_after == 3


@pytest.mark.parametrize("effect", ["drop_before", "drop_after"])
async def test_a_lost_connection_is_for_later(
    credentials: Credentials, job: tuple[str, str], sandbox: RunningSandbox, effect: str
) -> None:
    sandbox.faults.add(effect, path=job[1])  # type: ignore[arg-type]  # one of the two

    with pytest.raises(EncordUnavailable):
        await status_of(credentials, *job)


async def test_a_domain_that_does_not_answer_is_for_later() -> None:
    with pytest.raises(EncordUnavailable, match="ConnectError"):
        await status_of(Credentials("http://127.0.0.1:9", KEY), "f", "j")


@pytest.fixture(params=["<html>Sign in</html>", "[]", "{}", '{"status": "NEW"}', "\u00ff"])
def not_encord(request: pytest.FixtureRequest) -> Iterator[str]:
    """Answer every request with something else than Encord would, as a proxy does; give the URL."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(request.param.encode("latin-1"))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def test_an_answer_that_is_not_encords_is_for_later(not_encord: str) -> None:
    with pytest.raises(EncordUnavailable):
        await status_of(Credentials(not_encord, KEY), "f", "j")

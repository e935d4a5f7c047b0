"""Many upload jobs asked for at once."""

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID, uuid4

import pytest

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.connection import Credentials
from encord_provider.encord_api.polling import shared_poller
from encord_provider.errors import EncordUnavailable, Refused
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.manifests import Manifest
from encord_provider.manifest.units import Unit
from encord_provider.sandbox.testing import RunningSandbox
from encord_provider.uploads.progress import JobStatus, Progress
from tests.unit.encord_api.keys import KEY


@pytest.fixture
def job(api: EncordApi, sandbox: RunningSandbox) -> tuple[str, str]:
    """Start a job that stands still; return folder and job."""
    sandbox.hold_jobs()
    folder = api.folder(f"fleet {uuid4().hex[:8]}", create=True)
    unit = Unit(Kind.IMAGE, "a.png", ("https://b.example.com/absent.png",))
    return folder, api.start_upload(folder, api.integration(None), Manifest((unit,)))


async def progress_of(credentials: Credentials, folder: str, job: str) -> Progress:
    """Ask once."""
    async with shared_poller(credentials) as poller:
        return await poller.progress(folder, job)


async def status_of(credentials: Credentials, folder: str, job: str) -> JobStatus:
    """Ask once for the status alone."""
    return (await progress_of(credentials, folder, job)).status


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
    async with shared_poller(credentials) as poller:
        await poller.cancel(*job)
        sandbox.hold_jobs(held=False)

        assert (await poller.progress(*job)).status is JobStatus.CANCELLED


async def test_many_jobs_are_asked_for_over_one_client(
    credentials: Credentials, job: tuple[str, str]
) -> None:
    async with shared_poller(credentials) as poller:
        reports = await asyncio.gather(*(poller.progress(*job) for _ in range(50)))

    assert {report.status for report in reports} == {JobStatus.PENDING}


async def test_the_counters_are_those_that_the_sdk_reads(
    credentials: Credentials, api: EncordApi, job: tuple[str, str], sandbox: RunningSandbox
) -> None:
    before = await progress_of(credentials, *job)
    sandbox.hold_jobs(held=False)
    folder = api.client.get_storage_folder(UUID(job[0]))
    state = folder.add_private_data_to_folder_get_result(UUID(job[1]), timeout_seconds=30)

    after = await progress_of(credentials, *job)

    assert (before.pending, before.settled) == (1, 0)
    assert (after.pending, after.done, after.refused, after.cancelled) == (
        state.units_pending_count,
        state.units_done_count,
        state.units_error_count,
        state.units_cancelled_count,
    )
    assert after.refused == 1


async def test_those_who_ask_the_same_account_share_one_client_until_the_last_has_gone(
    credentials: Credentials,
) -> None:
    other = Credentials(credentials.domain, KEY)
    async with shared_poller(credentials) as first, shared_poller(other) as another:
        async with shared_poller(credentials) as second:
            assert first is second
            assert first is not another
        async with shared_poller(credentials) as third:
            assert first is third
    async with shared_poller(credentials) as later:
        assert later is not first


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


async def test_after_a_refusal_nobody_asks_before_encord_said(
    credentials: Credentials, job: tuple[str, str], sandbox: RunningSandbox
) -> None:
    sandbox.faults.add("status", path=job[1], status=429, retry_after=1)
    async with shared_poller(credentials) as poller:
        with pytest.raises(EncordUnavailable):
            await poller.progress(*job)
        refused_at = time.monotonic()
        await asyncio.gather(poller.progress(*job), poller.progress(*job))

    assert time.monotonic() - refused_at >= 1


async def test_a_date_says_when_to_ask_again_too(date: str) -> None:
    with pytest.raises(EncordUnavailable) as caught:
        await status_of(Credentials(date, KEY), "f", "j")

    assert caught.value.retry_after is not None
    assert 3000 < caught.value.retry_after <= 3600


@pytest.mark.parametrize("effect", ["drop_before", "drop_after"])
async def test_a_lost_connection_is_for_later(
    credentials: Credentials, job: tuple[str, str], sandbox: RunningSandbox, effect: str
) -> None:
    sandbox.faults.add(effect, path=job[1], times=2)  # type: ignore[arg-type]  # one of the two; aiohttp asks twice

    with pytest.raises(EncordUnavailable):
        await status_of(credentials, *job)


async def test_a_domain_that_does_not_answer_is_for_later() -> None:
    with pytest.raises(EncordUnavailable, match="ClientConnectorError"):
        await status_of(Credentials("http://127.0.0.1:9", KEY), "f", "j")


@contextmanager
def answering(status: int, headers: Mapping[str, str], body: bytes) -> Iterator[str]:
    """Answer every request alike, as a proxy does; give the URL."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def date() -> Iterator[str]:
    """Refuse every request for an hour from now, by a date."""
    with answering(429, {"Retry-After": formatdate(time.time() + 3600, usegmt=True)}, b"") as url:
        yield url


@pytest.fixture(params=["<html>Sign in</html>", "[]", "{}", '{"status": "NEW"}', "\u00ff"])
def not_encord(request: pytest.FixtureRequest) -> Iterator[str]:
    """Answer every request with something else than Encord would."""
    with answering(200, {}, request.param.encode("latin-1")) as url:
        yield url


async def test_an_answer_that_is_not_encords_is_for_later(not_encord: str) -> None:
    with pytest.raises(EncordUnavailable):
        await status_of(Credentials(not_encord, KEY), "f", "j")

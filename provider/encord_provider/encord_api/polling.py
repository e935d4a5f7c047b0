"""Many jobs asked for at once: one asynchronous client that signs as the SDK does.

The SDK's own loop blocks a thread for each job, and asks without a pause when the server answers at once.
"""

import asyncio
import os
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar, TypeVar
from urllib.request import getproxies, proxy_bypass
from weakref import WeakKeyDictionary

import aiohttp
import certifi
import msgspec
from yarl import URL

from encord_provider.encord_api.connection import USER_AGENT, Credentials
from encord_provider.encord_api.private_key import public_hex
from encord_provider.encord_api.signature import Signer
from encord_provider.encord_api.throttle import Throttle
from encord_provider.errors import EncordUnavailable, Refused
from encord_provider.uploads.progress import JobStatus, Progress
from encord_provider.uploads.sync import SyncStatus

Answer = TypeVar("Answer")

CONNECT_SECONDS = 10.0
"""How long a connection may take to be made."""

HTTP_SECONDS = 60.0
"""How long an answer may keep silent; a poll asks the server not to hold it."""

CONNECTIONS = 64
"""Requests under way at a time, for all who share a client."""

_OVERLOADED = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
_TRY_AGAIN = {HTTPStatus.REQUEST_TIMEOUT, *_OVERLOADED}


class _UploadState(msgspec.Struct, rename="camel"):
    """What is read of an answer; the items and refusals, which may be many, are passed over."""

    status: JobStatus
    units_pending_count: int = 0
    units_done_count: int = 0
    units_error_count: int = 0
    units_cancelled_count: int = 0


class _SyncState(msgspec.Struct):
    """What is read of an answer about a cloud-synced folder."""

    status: SyncStatus


_upload = msgspec.json.Decoder(_UploadState)
_sync = msgspec.json.Decoder(_SyncState)


class Poller:
    """An asynchronous client that asks how far jobs of Encord's are; borrow one with `shared_poller`."""

    def __init__(self, credentials: Credentials) -> None:
        domain = URL(credentials.domain)
        self._origin = str(domain.origin())
        self._signer = Signer(credentials.private_key)
        self._throttle = Throttle()
        self._proxy = _proxy_for(domain)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS, ssl=_trust()),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=HTTP_SECONDS),
        )

    async def progress(self, folder_uuid: str, job_uuid: str) -> Progress:
        """Ask once how far a job is: its status and counters.

        Raises:
            EncordUnavailable: No answer, a rate limit or a fault on Encord's side.
            Refused: Encord does not let this key see the job.

        """
        path = f"/v2/public/storage/folders/{folder_uuid}/data-upload-jobs/{job_uuid}?timeoutSeconds=0"
        state = await self._state(path, f"ask for the upload job {job_uuid}", _upload)
        return Progress(
            state.status,
            state.units_pending_count,
            state.units_done_count,
            state.units_error_count,
            state.units_cancelled_count,
        )

    async def sync_is_over(self, folder_uuid: str, sync_uuid: str) -> bool:
        """Ask once whether a synchronisation of a cloud-synced folder has come to its end.

        Raises:
            EncordUnavailable: No answer, a rate limit or a fault on Encord's side.
            Refused: Encord does not let this key see the synchronisation.

        """
        job = f"/v2/public/storage/folders/{folder_uuid}/cloud-linked-folder-syncs/{sync_uuid}"
        request = f"ask for the synchronisation {sync_uuid}"
        state = await self._state(f"{job}/long-polling?timeoutSeconds=0", request, _sync)
        return state.status is not SyncStatus.PENDING

    async def cancel(self, folder_uuid: str, job_uuid: str) -> None:
        """Cancel what a job has not processed yet.

        Raises:
            EncordUnavailable: Nobody knows whether it was cancelled.
            Refused: Encord does not let this key cancel the job.

        """
        path = f"/v2/public/storage/folders/{folder_uuid}/data-upload-jobs/{job_uuid}/cancel"
        await self._ask("POST", path, f"cancel the upload job {job_uuid}")

    async def close(self) -> None:
        """Give the connections back."""
        await self._session.close()

    async def _state(self, target: str, request: str, decoder: msgspec.json.Decoder[Answer]) -> Answer:
        body = await self._ask("GET", target, request)
        try:
            return decoder.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise EncordUnavailable(request, "the answer is not Encord's") from None

    async def _ask(self, method: str, target: str, request: str) -> bytes:
        url = URL(self._origin + target, encoded=True)
        sent_at = await self._throttle.turn()
        headers = self._signer.headers(method, target)
        try:
            async with self._session.request(
                method, url, headers=headers, proxy=self._proxy, allow_redirects=False
            ) as response:
                if response.status in _OVERLOADED:
                    self._throttle.refused(sent_at, _retry_after(response))
                else:
                    self._throttle.answered(sent_at)
                if response.status in _TRY_AGAIN or response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise EncordUnavailable(request, f"HTTP {response.status}", _retry_after(response))
                if response.status != HTTPStatus.OK:
                    raise Refused(request, f"HTTP {response.status}")
                return await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise EncordUnavailable(request, type(error).__name__) from None


class _Shared:
    """The clients of one event loop, each with how many use it."""

    loops: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, "_Shared"]] = WeakKeyDictionary()

    def __init__(self) -> None:
        self.pollers: dict[tuple[str, str], Poller] = {}
        self.users: dict[tuple[str, str], int] = {}


@asynccontextmanager
async def shared_poller(credentials: Credentials) -> AsyncIterator[Poller]:
    """Borrow the client that all who ask the same account on this event loop share: signer, connections and pace."""
    shared = _Shared.loops.setdefault(asyncio.get_running_loop(), _Shared())
    account = credentials.domain, public_hex(credentials.private_key)
    poller = shared.pollers.get(account)
    if poller is None:
        poller = shared.pollers[account] = Poller(credentials)
    shared.users[account] = shared.users.get(account, 0) + 1
    try:
        yield poller
    finally:
        shared.users[account] -= 1
        if not shared.users[account]:
            del shared.pollers[account], shared.users[account]
            await poller.close()


def _trust() -> ssl.SSLContext:
    """Trust whom the SDK trusts: the authorities that `requests` is pointed at, or else certifi's."""
    named = Path(os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or certifi.where())
    if named.is_dir():
        return ssl.create_default_context(capath=named)
    return ssl.create_default_context(cafile=named)


def _proxy_for(domain: URL) -> str | None:
    """Return the proxy that the environment names, as `requests` would; aiohttp would read it at each request."""
    return None if proxy_bypass(domain.host or "") else getproxies().get(domain.scheme)


def _retry_after(response: aiohttp.ClientResponse) -> float | None:
    """Return the seconds in ``Retry-After``, which is a number or a date (RFC 9110, 10.2.3)."""
    given = response.headers.get("Retry-After", "").strip()
    if given.isdigit():
        return float(given)
    try:
        return max(0.0, parsedate_to_datetime(given).timestamp() - time.time())
    except ValueError:
        return None

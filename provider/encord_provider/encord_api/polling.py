"""Many upload jobs asked for at once: one asynchronous client that signs as the SDK does.

The SDK's own loop blocks, and asks without a pause when the server answers at once.
"""

import base64
import hashlib
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from encord_provider.encord_api.connection import Credentials
from encord_provider.encord_api.private_key import public_hex
from encord_provider.errors import EncordUnavailable, Refused
from encord_provider.uploads.progress import JobStatus

HTTP_SECONDS = 60.0
"""How long one answer may take; a poll asks the server not to hold it."""

_SERVER_FAULT = 500
_TRY_AGAIN = (408, 429)


class Poller:
    """An asynchronous client that asks for the state of upload jobs; use it in an ``async with`` block."""

    def __init__(self, credentials: Credentials) -> None:
        self._client = httpx.AsyncClient(
            base_url=credentials.domain, auth=_Signature(credentials.private_key), timeout=HTTP_SECONDS
        )

    async def status(self, folder_uuid: str, job_uuid: str) -> JobStatus:
        """Ask once for the state of one job.

        Raises:
            EncordUnavailable: No answer, a rate limit or a fault on Encord's side.
            Refused: Encord does not let this key see the job.

        """
        path = f"/v2/public/storage/folders/{folder_uuid}/data-upload-jobs/{job_uuid}"
        request = f"ask for the upload job {job_uuid}"
        response = await self._ask("GET", path, request, params={"timeoutSeconds": 0})
        try:
            return JobStatus(response.json()["status"])
        except (ValueError, KeyError, TypeError) as error:
            raise EncordUnavailable(request, "the answer is not Encord's") from error

    async def cancel(self, folder_uuid: str, job_uuid: str) -> None:
        """Cancel what a job has not processed yet."""
        path = f"/v2/public/storage/folders/{folder_uuid}/data-upload-jobs/{job_uuid}/cancel"
        await self._ask("POST", path, f"cancel the upload job {job_uuid}")

    async def _ask(self, method: str, path: str, request: str, **options: Any) -> httpx.Response:
        try:
            response = await self._client.request(method, path, **options)
        except httpx.TransportError as error:
            raise EncordUnavailable(request, type(error).__name__) from error
        if response.status_code in _TRY_AGAIN or response.status_code >= _SERVER_FAULT:
            raise EncordUnavailable(request, f"HTTP {response.status_code}", _retry_after(response))
        if not response.is_success:
            raise Refused(request, f"HTTP {response.status_code}")
        return response

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()


class _Signature(httpx.Auth):
    """Encord's HTTP message signatures (encord 0.1.211, ``encord/http/v2/request_signer.py``)."""

    requires_request_body = True

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self._key_id = public_hex(key)

    def auth_flow(self, request: httpx.Request) -> Iterable[httpx.Request]:  # type: ignore[override]  # one yield, no reply
        digest = f"sha-256=:{_base64(hashlib.sha256(request.content).digest())}:"
        parameters = (
            '("@method" "@request-target" "content-digest")'
            f';created={int(time.time())};keyid="{self._key_id}";alg="ed25519"'
        )
        signed = "\n".join(
            (
                f'"@method": {request.method}',
                f'"@request-target": {request.url.raw_path.decode()}',
                f'"content-digest": {digest}',
                f'"@signature-params": {parameters}',
            )
        )
        request.headers["Content-Digest"] = digest
        request.headers["Signature-Input"] = f"encord-sig={parameters}"
        request.headers["Signature"] = f"encord-sig=:{_base64(self._key.sign(signed.encode()))}:"
        yield request


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _retry_after(response: httpx.Response) -> float | None:
    seconds = response.headers.get("Retry-After", "")
    return float(seconds) if seconds.isdigit() else None

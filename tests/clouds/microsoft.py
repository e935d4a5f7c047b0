"""Microsoft's tokens on localhost, and Azurite behind a gate that wants them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from azure.storage.blob import AccountSasPermissions, ResourceTypes, generate_account_sas
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from demo.ports import LOOPBACK
from tests.clouds.azurite import ACCOUNT, KEY
from tests.clouds.gate import Answer, Form, Gate, running_gate

TENANT = "0a5c4a86-3f6b-4c33-9f26-0d0f7f1c7d11"
CLIENT_ID = "fleet-airflow"
CLIENT_SECRET = "a-secret-of-the-service-principal"  # noqa: S105 - of nobody
IDENTITY_HEADER = "a-secret-of-the-machine"

PAGE = 2
"""Blobs that the account behind the gate lists at a time."""


@dataclass(frozen=True)
class Microsoft:
    """How to reach it."""

    gate: Gate
    """Behind TLS: gives tokens to the service principal, and lets in to the account who has one."""

    machine: Gate
    """Gives the same tokens to who knows the machine's secret, without TLS, as App Service does."""

    certificate: Path
    """PEM; whom clients must trust."""

    @property
    def account_url(self) -> str:
        """Where the account is behind the gate."""
        return f"{self.gate.url}/{ACCOUNT}"


@contextmanager
def running_microsoft(directory: Path, account_url: str) -> Iterator[Microsoft]:
    """Run the gates in front of the Azurite of *account_url* for the length of a block."""
    certificate = _certificate(directory)
    store = urlsplit(account_url).netloc
    signature = account_sas(AccountSasPermissions(read=True, list=True, write=True, create=True))
    gate = Gate(
        port=0,
        store=store,
        adapt=lambda _method, target: _signed(target, signature),
        issuers={
            f"/{TENANT}/v2.0/.well-known/openid-configuration": _configuration,
            f"/{TENANT}/oauth2/v2.0/token": _service_principal,
        },
    )
    machine = Gate(port=0, store=store, issuers={"/identity": _managed_identity}, tokens=gate.tokens)
    with running_gate(gate, certificate), running_gate(machine):
        yield Microsoft(gate, machine, certificate)


def _signed(target: str, signature: str) -> str:
    """Sign a target, and ask for pages so small that a few blobs make several."""
    paged = f"{target}&maxresults={PAGE}" if "comp=list" in target else target
    return f"{paged}{'&' if '?' in paged else '?'}{signature}"


def account_sas(may: AccountSasPermissions, key: str = KEY) -> str:
    """Sign a shared access signature for everything in the account."""
    ends = datetime.now(UTC) + timedelta(hours=6)
    everything = ResourceTypes(service=True, container=True, object=True)
    return generate_account_sas(ACCOUNT, key, everything, may, ends)


def _configuration(gate: Gate, _form: Form) -> Answer:
    tenant = f"{gate.url}/{TENANT}"
    return {
        "issuer": f"{tenant}/v2.0",
        "authorization_endpoint": f"{tenant}/oauth2/v2.0/authorize",
        "token_endpoint": f"{tenant}/oauth2/v2.0/token",
    }


def _service_principal(gate: Gate, form: Form) -> Answer:
    if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
        return None
    return {"access_token": gate.give(), "expires_in": gate.lifetime_seconds, "token_type": "Bearer"}


def _managed_identity(gate: Gate, form: Form) -> Answer:
    if form.get("header:x-identity-header") != IDENTITY_HEADER:
        return None
    token, ends = gate.give(), str(gate.expires_at())
    return {"access_token": token, "expires_on": ends, "resource": form["resource"], "token_type": "Bearer"}


def _certificate(directory: Path) -> Path:
    """Make a certificate for 127.0.0.1 that vouches for itself; with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, LOOPBACK)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    file = directory / "certificate.pem"
    file.touch(mode=0o600)
    file.write_bytes(made.public_bytes(pem) + private)
    return file

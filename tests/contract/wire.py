"""Requests that the SDK would sign but never send: written by hand, signed by its own signer."""

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_private_key
from encord.http.v2.request_signer import sign_request

_SECONDS = 30


def key_of(openssh_text: str) -> Ed25519PrivateKey:
    """Parse a private key."""
    key = load_ssh_private_key(openssh_text.encode(), password=None)
    assert isinstance(key, Ed25519PrivateKey)
    return key


def public_hex(key: Ed25519PrivateKey) -> str:
    """Spell the public half as both APIs name it."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def signed(
    key: Ed25519PrivateKey, method: str, url: str, body: bytes | None = None
) -> requests.PreparedRequest:
    """Prepare a request of the v2 API, signed with *key*."""
    prepared = requests.Request(method, url, data=body).prepare()
    if body is not None:
        prepared.headers["Content-Type"] = "application/json"
    return sign_request(prepared, public_hex(key), key)


def send(request: requests.PreparedRequest) -> requests.Response:
    """Send a request as it stands, past any proxy."""
    with requests.Session() as session:
        return session.send(request, timeout=_SECONDS)

"""Encord's HTTP message signatures (encord 0.1.211, ``encord/http/v2/request_signer.py``)."""

import base64
import hashlib
import time
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from encord_provider.encord_api.private_key import public_hex

_COVERED = '("@method" "@request-target" "content-digest")'


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


NO_BODY: Final = f"sha-256=:{_base64(hashlib.sha256(b'').digest())}:"
"""The digest of a request that has no body."""


class Signer:
    """Signs requests that have no body, as the SDK does."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self._key_id = public_hex(key)

    def headers(self, method: str, target: str) -> dict[str, str]:
        """Return the headers that prove who sends a request; *target* is path and query, exactly as sent."""
        parameters = f'{_COVERED};created={int(time.time())};keyid="{self._key_id}";alg="ed25519"'
        signed = (
            f'"@method": {method}\n"@request-target": {target}\n"content-digest": {NO_BODY}\n'
            f'"@signature-params": {parameters}'
        )
        return {
            "Content-Digest": NO_BODY,
            "Signature-Input": f"encord-sig={parameters}",
            "Signature": f"encord-sig=:{_base64(self._key.sign(signed.encode()))}:",
        }

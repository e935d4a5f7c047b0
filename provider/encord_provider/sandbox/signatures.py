"""Who sent a request: Encord's two signatures, and bearer tokens.

Source: encord 0.1.211, ``configs.py`` and ``http/v2/request_signer.py``.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from encord_provider.sandbox.errors import UnauthenticatedError

_SIGNATURE_INPUT = re.compile(r'encord-sig=(\(([^)]*)\)(?:;[a-z]+=(?:\d+|"[^"]*"))+)')
_PARAMETER = re.compile(r';([a-z]+)="?([^";]*)"?')
_COVERED = {"@method", "@request-target", "content-digest"}


@dataclass(frozen=True)
class SignedRequest:
    """The parts of a request that its signature covers, exactly as they came over the wire."""

    method: str
    target: str
    """Path and query, byte for byte."""

    headers: Mapping[str, str]
    """By lower-case name."""

    body: bytes


@dataclass(frozen=True)
class Credentials:
    """Who may call: the holders of some ed25519 keys and bearer tokens."""

    public_keys: frozenset[str]
    """64 hex digits each."""

    bearer_tokens: frozenset[str]
    """Tokens of the config file."""

    secret: bytes
    """What makes the tokens that the sandbox hands out its own."""

    def __repr__(self) -> str:
        return f"Credentials(public_keys={sorted(self.public_keys)})"

    def token_for(self, user: str) -> str:
        """Return a bearer token that opens the sandbox for *user*."""
        return f"{user}.{hmac.digest(self.secret, user.encode(), 'sha256').hex()}"

    def caller_of(self, request: SignedRequest) -> str:
        """Return the user who sent *request*, named by the public key that proves it or by the token's name.

        Raises:
            UnauthenticatedError: There is none, it is not known here, or the signature does not hold.
        """
        authorization = request.headers.get("authorization", "")
        if authorization.startswith("Bearer "):
            return self._bearer(authorization.removeprefix("Bearer "))
        if "signature-input" in request.headers:
            return self._v2(request)
        if ":" in authorization:
            return self._legacy(authorization, request.body)
        raise UnauthenticatedError("The request carries neither a signature nor a bearer token.")

    def _bearer(self, token: str) -> str:
        user = token.partition(".")[0]
        if hmac.compare_digest(token.encode(), self.token_for(user).encode()):
            return user
        if token not in self.bearer_tokens:
            raise UnauthenticatedError("The bearer token is not known.")
        return f"token {hashlib.sha256(token.encode()).hexdigest()}"

    def _v2(self, request: SignedRequest) -> str:
        found = _SIGNATURE_INPUT.fullmatch(request.headers["signature-input"])
        if found is None:
            raise UnauthenticatedError("The Signature-Input header cannot be read.")
        signed, names = found.groups()
        covered = [name.strip('"') for name in names.split()]
        if not set(covered) >= _COVERED:
            raise UnauthenticatedError(
                "The signature does not cover method, request target and content digest."
            )
        _check_digest(request)
        key = dict(_PARAMETER.findall(signed)).get("keyid", "")
        self._verify(key, _signature(request), _signature_base(request, covered, signed).encode())
        return str(key)

    def _legacy(self, authorization: str, body: bytes) -> str:
        key, _, signature = authorization.partition(":")
        try:
            raw = bytes.fromhex(signature)
        except ValueError as error:
            raise UnauthenticatedError("The signature in the Authorization header cannot be read.") from error
        self._verify(key, raw, hashlib.sha256(body).digest())
        return key

    def _verify(self, key: str, signature: bytes, signed: bytes) -> None:
        if key not in self.public_keys:
            raise UnauthenticatedError("The key that signed the request is not known.")
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, signed)
        except InvalidSignature as error:
            raise UnauthenticatedError("The signature does not hold for this request.") from error


def _check_digest(request: SignedRequest) -> None:
    digest = base64.b64encode(hashlib.sha256(request.body).digest()).decode()
    if request.headers.get("content-digest") != f"sha-256=:{digest}:":
        raise UnauthenticatedError("The Content-Digest header does not match the body.")


def _signature_base(request: SignedRequest, covered: list[str], parameters: str) -> str:
    derived = {"@method": request.method.upper(), "@request-target": request.target}
    values = {name: derived.get(name, request.headers.get(name, "")) for name in covered}
    lines = [f'"{name}": {value}' for name, value in values.items()]
    return "\n".join([*lines, f'"@signature-params": {parameters}'])


def _signature(request: SignedRequest) -> bytes:
    found = re.fullmatch(r"encord-sig=:([^:]*):", request.headers.get("signature", ""))
    if found is None:
        raise UnauthenticatedError("The Signature header cannot be read.")
    try:
        return base64.b64decode(found.group(1), validate=True)
    except binascii.Error as error:
        raise UnauthenticatedError("The Signature header is not base64.") from error

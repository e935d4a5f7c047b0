"""Private keys of every kind, made for the test."""

import base64
import hashlib
import struct
import textwrap

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def text_of(
    key: Ed25519PrivateKey | RSAPrivateKey | EllipticCurvePrivateKey,
    form: PrivateFormat = PrivateFormat.OpenSSH,
) -> str:
    """Write *key* as PEM."""
    return key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


def encrypted() -> str:
    """Write a key as `ssh-keygen` does when it is given a passphrase (OpenSSH, PROTOCOL.key)."""

    def string(content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + content

    public = string(b"ssh-ed25519") + string(KEY.public_key().public_bytes_raw())
    rounds = string(bytes(16)) + struct.pack(">I", 16)
    body = b"openssh-key-v1\0" + string(b"aes256-ctr") + string(b"bcrypt") + string(rounds)
    body += (
        struct.pack(">I", 1) + string(public) + string(hashlib.sha512(b"what nobody can read").digest() * 2)
    )
    lines = textwrap.wrap(base64.b64encode(body).decode(), 70)
    return "\n".join(["-----BEGIN OPENSSH PRIVATE KEY-----", *lines, "-----END OPENSSH PRIVATE KEY-----", ""])


OPENSSH = text_of(KEY)
ENCRYPTED = encrypted()
PKCS8 = text_of(KEY, PrivateFormat.PKCS8)
RSA = text_of(generate_rsa_key(65537, 2048))
RSA_TRADITIONAL = text_of(generate_rsa_key(65537, 2048), PrivateFormat.TraditionalOpenSSL)
ECDSA = text_of(generate_private_key(SECP256R1()))


def rewrapped(text: str, columns: int) -> str:
    """Break the lines of a PEM anew."""
    first, *body, last = text.strip().splitlines()
    joined = "".join(body)
    return "\n".join([first, *(joined[n : n + columns] for n in range(0, len(joined), columns)), last, ""])


def base64_of(text: str, columns: int = 0) -> str:
    """Encode a key as people do for a one-line secret, with line breaks after *columns*, if any."""
    encoded = base64.b64encode(text.encode()).decode()
    if not columns:
        return encoded
    return "\n".join(encoded[n : n + columns] for n in range(0, len(encoded), columns))

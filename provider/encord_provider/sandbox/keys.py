"""The ed25519 keys that open the sandbox."""

import os
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
    load_ssh_public_key,
)


def new_private_key() -> str:
    """Make a key pair; return the private key as OpenSSH text."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """Return the secret in the file at *path*; *make* it on the first call, readable by its owner alone."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make())
    return path.read_text()


def public_hex(private_key: str) -> str:
    """Return the public half of an OpenSSH private key, as the 64 hex digits that requests carry."""
    key = load_ssh_private_key(private_key.encode(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("the private key is not an ed25519 key")
    return _hex(key.public_key())


def parse_public_key(text: str) -> str:
    """Return a public key as 64 hex digits, from ``ssh-ed25519 AAAA...`` or from the digits themselves.

    Raises:
        ValueError: It is neither.
    """
    if text.startswith("ssh-"):
        key = load_ssh_public_key(text.encode())
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("Encord takes ed25519 keys only")
        return _hex(key)
    if len(bytes.fromhex(text)) != 32:  # noqa: PLR2004 - an ed25519 public key has 32 bytes
        raise ValueError("a public key is 64 hex digits")
    return text.lower()


def _hex(key: Ed25519PublicKey) -> str:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

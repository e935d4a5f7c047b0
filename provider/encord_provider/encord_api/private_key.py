"""Private keys in the forms people have them, checked before the SDK sees them.

The SDK's own error for a key of the wrong type contains the whole key (encord 0.1.211), so it never gets one.
"""

import base64
import binascii
from functools import cache
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_ssh_private_key,
)

_BEGIN = "-----BEGIN"
_OPENSSH = "-----BEGIN OPENSSH PRIVATE KEY-----"

_OPENING = (
    b"openssh-key-v1\0"
    + b"".join(len(part).to_bytes(4, "big") + part for part in (b"none", b"none", b""))
    + bytes([0, 0, 0, 1, 0, 0, 0, 51, 0, 0, 0, 11])
    + b"ssh-ed25519"
    + bytes([0, 0, 0, 32])
)
"""What every ed25519 key without a passphrase begins with (OpenSSH, PROTOCOL.key): cipher, derivation and its
options, one key of 51 bytes, its type; then come the 32 bytes of its public half."""

_SHORTEST_SECRET = 16
"""Characters; masking shorter ends of lines would blot out innocent text."""


class BadPrivateKey(ValueError):
    """What is wrong with a key; the message never holds any of it."""


def load_private_key(given: str) -> Ed25519PrivateKey:
    r"""Return the ed25519 key in *given*: OpenSSH text, also with ``\n`` escaped, base64 of it, or a file's path.

    Raises:
        BadPrivateKey: Not a key, not OpenSSH, encrypted, or not ed25519.

    """
    text = _openssh_text(given.strip())
    try:
        key = load_ssh_private_key(text.encode(), password=None)
    except (ValueError, UnsupportedAlgorithm):
        raise BadPrivateKey("the private key cannot be read: its text is damaged") from None
    except TypeError:
        raise BadPrivateKey("the private key is encrypted; Encord needs one without a passphrase") from None
    if not isinstance(key, Ed25519PrivateKey):
        kind = type(key).__name__
        raise BadPrivateKey(f"the private key is {kind}; Encord takes ed25519 only (ssh-keygen -t ed25519)")
    return key


def openssh_text(key: Ed25519PrivateKey) -> str:
    """Render *key* in the one form that the SDK takes; the same text each time, so that masking one masks all."""
    return _rendered(key.private_bytes_raw())


@cache
def _rendered(seed: bytes) -> str:
    """Render once: OpenSSH's form holds random bytes."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()


def public_hex(key: Ed25519PrivateKey) -> str:
    """Return the public half as Encord names keys: 64 hexadecimal digits."""
    return key.public_key().public_bytes_raw().hex()


def secrets_in(given: str, key: Ed25519PrivateKey) -> set[str]:
    """Return every text that must not show in a log: the key as it was *given*, and each line of it.

    A line that every key opens with is none. Masked, it would hide only the beginning of another key that is
    all in one line, and leave the rest in the log: a masker takes the first of its texts that fits.
    """
    texts = [openssh_text(key)]
    if given.strip().startswith(_BEGIN) or _from_base64(given) is not None:
        texts.append(given)
    lines = {line.strip() for text in texts for line in _unescaped(text).splitlines()}
    return {line for line in lines if _is_secret(line)} | {text.strip() for text in texts}


def _is_secret(line: str) -> bool:
    return len(line) >= _SHORTEST_SECRET and not line.startswith("-----") and not _opens_every_key(line)


def _opens_every_key(line: str) -> bool:
    """Whether *line* is base64 of what comes before the first byte that differs between two keys."""
    try:
        data = base64.b64decode(line[: len(line) // 4 * 4])
    except binascii.Error:
        return False
    if data.startswith(_BEGIN.encode()):
        return _opens_every_key(data.decode("latin-1").partition("\n")[2].strip())
    return _OPENING.startswith(data)


def _openssh_text(given: str) -> str:
    if not given:
        raise BadPrivateKey("no private key is given")
    if not given.startswith(_BEGIN):
        given = _from_base64(given) or _from_file(given)
    text = _unescaped(given).replace("\r\n", "\n").strip() + "\n"
    if not text.startswith(_OPENSSH):
        raise BadPrivateKey("the private key is not in OpenSSH form; ssh-keygen -p -f FILE rewrites it")
    return text


def _unescaped(text: str) -> str:
    return text.replace("\\r", "").replace("\\n", "\n")


def _from_base64(given: str) -> str | None:
    """Return the key text that *given* is base64 of, if it is."""
    try:
        text = base64.b64decode("".join(given.split()), validate=True).decode().strip()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return text if text.startswith(_BEGIN) else None


def _from_file(given: str) -> str:
    """Return the key text in the file that *given* names."""
    try:
        return Path(given).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, RuntimeError, UnicodeDecodeError, ValueError):
        problem = (
            "the private key is neither OpenSSH text, nor base64 of it, nor a file that can be read here"
        )
        raise BadPrivateKey(problem) from None

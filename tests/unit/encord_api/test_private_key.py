"""Private keys in the forms people have them."""

import traceback
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from encord_provider.encord_api.private_key import (
    BadPrivateKey,
    load_private_key,
    openssh_text,
    public_hex,
    secrets_in,
)
from tests.unit.encord_api.keys import (
    ECDSA,
    ENCRYPTED,
    KEY,
    OPENSSH,
    PKCS8,
    RSA,
    RSA_TRADITIONAL,
    base64_of,
    rewrapped,
    text_of,
)

RUN = 20
"""Characters of a key in a row that would give it away."""

GOOD = {
    "OpenSSH": OPENSSH,
    "with space around": f"\n\n  {OPENSSH}\n ",
    "without a line break at the end": OPENSSH.strip(),
    "escaped in one line": OPENSSH.replace("\n", "\\n"),
    "escaped as Windows does": OPENSSH.replace("\n", "\\r\\n"),
    "Windows line ends": OPENSSH.replace("\n", "\r\n"),
    "64 columns": rewrapped(OPENSSH, 64),
    "one long line": rewrapped(OPENSSH, 1000),
    "base64": base64_of(OPENSSH),
    "base64 with line breaks": base64_of(OPENSSH, 76),
    "base64 of Windows line ends": base64_of(OPENSSH.replace("\n", "\r\n")),
}

BAD = {
    "nothing": ("", "no private key"),
    "white space": (" \n\t", "no private key"),
    "encrypted": (ENCRYPTED, "encrypted"),
    "RSA": (RSA, "ed25519 only"),
    "RSA, the old way": (RSA_TRADITIONAL, "OpenSSH form"),
    "ECDSA": (ECDSA, "ed25519 only"),
    "PKCS8": (PKCS8, "OpenSSH form"),
    "base64 of RSA": (base64_of(RSA), "ed25519 only"),
    "base64 of PKCS8": (base64_of(PKCS8), "OpenSSH form"),
    "cut off": (OPENSSH[:200], "damaged"),
    "a character lost": (OPENSSH[:150] + OPENSSH[151:], "damaged"),
    "a character changed": (OPENSSH[:150] + "#" + OPENSSH[151:], "damaged"),
    "its middle only": ("\n".join(OPENSSH.splitlines()[1:-1]), "neither"),
    "the public half": (
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhsc",
        "neither",
    ),
    "a sentence": ("my secret key, which I forgot to paste", "neither"),
    "an absent file": ("/nonexistent/id_ed25519", "neither"),
    "a home of nobody": ("~no-such-user-here/id_ed25519", "neither"),
    "a directory": ("/", "neither"),
    "a NUL": ("/etc/\0passwd", "neither"),
    "very long": ("x" * 100_000, "neither"),
    "binary": ("\x80\ufffd\ud800", "neither"),
}


@pytest.mark.parametrize("given", GOOD.values(), ids=GOOD)
def test_a_key_is_taken_in_every_form_that_people_have_it(given: str) -> None:
    assert load_private_key(given).private_bytes_raw() == KEY.private_bytes_raw()


@pytest.mark.parametrize("content", [OPENSSH, OPENSSH.replace("\n", "\r\n"), OPENSSH.strip()])
def test_a_key_is_taken_from_a_file(tmp_path: Path, content: str) -> None:
    file = tmp_path / "id ed25519"
    file.write_text(content, newline="")

    assert public_hex(load_private_key(f" {file} ")) == public_hex(KEY)


def test_a_file_in_the_home_directory_may_be_given_with_a_tilde(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "id_ed25519").write_text(OPENSSH)
    monkeypatch.setenv("HOME", str(tmp_path))

    assert public_hex(load_private_key("~/id_ed25519")) == public_hex(KEY)


@pytest.mark.parametrize(("given", "problem"), BAD.values(), ids=BAD)
def test_what_cannot_be_used_is_refused_with_what_is_wrong_with_it(given: str, problem: str) -> None:
    with pytest.raises(BadPrivateKey, match=problem):
        load_private_key(given)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", PKCS8.encode(), ENCRYPTED.encode(), RSA.encode()])
def test_a_file_that_holds_no_usable_key_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "id_ed25519"
    file.write_bytes(content)

    with pytest.raises(BadPrivateKey) as caught:
        load_private_key(str(file))

    assert not shows(str(caught.value), content.decode(errors="replace"))


def shows(text: str, key: str) -> bool:
    """Tell whether *text* holds any long enough run of *key*, beside the frame that all keys have."""
    body = "".join(line for line in key.splitlines() if not line.startswith("-----"))
    return any(body[n : n + RUN] in text for n in range(max(0, len(body) - RUN + 1)))


@pytest.mark.parametrize("given", [given for given, _ in BAD.values()], ids=BAD)
def test_no_error_ever_shows_any_of_the_key(given: str) -> None:
    with pytest.raises(BadPrivateKey) as caught:
        load_private_key(given)

    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert not shows(shown, given)


def test_the_check_above_would_notice_a_key_that_shows() -> None:
    assert shows(f"cannot read {OPENSSH[100:130]!r}", OPENSSH)
    assert not shows("the private key is encrypted", ENCRYPTED)


def forms_of(text: str) -> list[str]:
    """Write the key *text* in the forms that break its lines differently."""
    return [text, rewrapped(text, 64), rewrapped(text, 1000), base64_of(text), base64_of(text, 76)]


OTHER = text_of(Ed25519PrivateKey.from_private_bytes(bytes(32)))
IN_EVERY_KEY = {line for given in forms_of(OTHER) for line in given.splitlines()}


@pytest.mark.parametrize("given", GOOD.values(), ids=GOOD)
def test_every_line_of_a_key_is_masked_as_it_was_given(given: str) -> None:
    secrets = secrets_in(given, KEY)

    lines = {
        line.strip() for line in given.replace("\\r", "").replace("\\n", "\n").splitlines()
    } - IN_EVERY_KEY
    shown = [line for line in lines if len(line) >= 16 and not any(text in line for text in secrets)]
    assert shown == []
    assert given.strip() in secrets


@pytest.mark.parametrize("given", GOOD.values(), ids=GOOD)
def test_the_line_that_holds_the_secret_is_masked_however_the_key_was_given(given: str) -> None:
    (line,) = set(OPENSSH.splitlines()) & set(openssh_text(KEY).splitlines()[4:5])

    assert line in secrets_in(given, KEY)


def test_no_innocent_text_is_a_secret() -> None:
    secrets = {secret for given in GOOD.values() for secret in secrets_in(given, KEY)}

    assert not any(text in OPENSSH.splitlines()[0] for text in secrets)
    assert all(len(secret) >= 16 for secret in secrets)


def test_no_secret_of_one_key_opens_a_secret_of_another() -> None:
    """A masker takes the first of its texts that fits: a shorter one would leave the rest of the other to be read."""
    others = {text for given in forms_of(OTHER) for text in secrets_in(given, load_private_key(given))}
    ours = {secret for given in GOOD.values() for secret in secrets_in(given, KEY)}

    assert [line for line in ours for secret in others if secret != line and secret.startswith(line)] == []


@pytest.mark.parametrize("length", [20, 250, 1000])
def test_the_path_of_a_key_is_no_secret_however_long(tmp_path: Path, length: int) -> None:
    directory = tmp_path
    while len(str(directory)) < length:
        directory /= "directory" * 5
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / "id_ed25519"
    file.write_text(OPENSSH)

    secrets = secrets_in(str(file), load_private_key(str(file)))

    assert not any(secret in str(file) for secret in secrets)
    assert openssh_text(KEY).splitlines()[4] in secrets


def test_a_key_is_rendered_in_the_form_of_the_sdk_and_named_by_its_public_half() -> None:
    assert load_private_key(openssh_text(KEY)).private_bytes_raw() == KEY.private_bytes_raw()
    assert public_hex(KEY) == "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"


def test_a_key_is_always_rendered_alike() -> None:
    again = load_private_key(OPENSSH)

    assert openssh_text(KEY) == openssh_text(KEY) == openssh_text(again)


@pytest.mark.parametrize("given", GOOD.values(), ids=GOOD)
def test_looking_at_a_key_again_finds_no_new_secret(given: str) -> None:
    first = secrets_in(given, load_private_key(given))

    assert secrets_in(given, load_private_key(given)) == first


def test_what_the_sdk_is_given_is_what_is_masked() -> None:
    assert openssh_text(KEY).strip() in secrets_in(base64_of(OPENSSH), KEY)

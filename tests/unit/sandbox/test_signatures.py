"""Requests signed by the SDK's own signer, then tampered with."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_private_key
from encord.configs import SshConfig
from requests import Request

from encord_provider.sandbox.errors import UnauthenticatedError
from encord_provider.sandbox.keys import new_private_key, parse_public_key, public_hex
from encord_provider.sandbox.signatures import Credentials, SignedRequest

KEY = new_private_key()
CREDENTIALS = Credentials(frozenset([public_hex(KEY)]), frozenset(["a-token"]), b"secret")


def signed(key: str = KEY, body: bytes = b'{"name": "fleet"}') -> SignedRequest:
    """Sign a request for the v2 API as the SDK does."""
    config = SshConfig.from_ssh_private_key(key, domain="http://sandbox")
    url = "http://sandbox/v2/public/storage/folders?search=x+y&itemTypes=a&itemTypes=b"
    request = config.define_headers_v2(Request("POST", url, data=body).prepare())
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    return SignedRequest("POST", request.path_url, headers, body)


def legacy(key: str = KEY, body: bytes = b"{}") -> SignedRequest:
    """Sign a request for the legacy API as the SDK does."""
    config = SshConfig.from_ssh_private_key(key, domain="http://sandbox")
    headers = config.define_headers(None, None, body.decode())
    return SignedRequest("POST", "/public", {name.lower(): value for name, value in headers.items()}, body)


def bearing(token: str) -> SignedRequest:
    """Make a request that bears a token."""
    return SignedRequest("GET", "/", {"authorization": f"Bearer {token}"}, b"")


@pytest.mark.parametrize("request_", [signed(), legacy()])
def test_the_sdks_signatures_name_the_key(request_: SignedRequest) -> None:
    assert CREDENTIALS.caller_of(request_) == public_hex(KEY)


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(replace(signed(), body=b'{"name": "other"}'), id="v2-body"),
        pytest.param(replace(signed(), target="/v2/public/storage/folders"), id="v2-target"),
        pytest.param(replace(signed(), method="PATCH"), id="v2-method"),
        pytest.param(signed(new_private_key()), id="v2-unknown-key"),
        pytest.param(replace(legacy(), body=b"[]"), id="legacy-body"),
        pytest.param(legacy(new_private_key()), id="legacy-unknown-key"),
        pytest.param(SignedRequest("GET", "/", {}, b""), id="nothing"),
        pytest.param(SignedRequest("GET", "/", {"authorization": "abc:xyz"}, b""), id="legacy-nonsense"),
        pytest.param(bearing("another"), id="unknown-token"),
    ],
)
def test_what_was_tampered_with_is_refused(request_: SignedRequest) -> None:
    with pytest.raises(UnauthenticatedError):
        CREDENTIALS.caller_of(request_)


def test_a_signature_that_leaves_out_the_body_is_refused() -> None:
    request = signed()
    fewer = request.headers["signature-input"].replace(' "content-digest"', "")
    with pytest.raises(UnauthenticatedError, match="does not cover"):
        CREDENTIALS.caller_of(replace(request, headers={**request.headers, "signature-input": fewer}))


def test_an_unknown_signer_cannot_borrow_a_known_keyid() -> None:
    stranger = signed(new_private_key())
    swapped = stranger.headers["signature-input"].replace(
        stranger.headers["signature-input"].split('keyid="')[1][:64], public_hex(KEY)
    )
    with pytest.raises(UnauthenticatedError, match="does not hold"):
        CREDENTIALS.caller_of(replace(stranger, headers={**stranger.headers, "signature-input": swapped}))


def test_a_token_that_was_handed_out_names_its_user() -> None:
    assert CREDENTIALS.caller_of(bearing(CREDENTIALS.token_for("someone"))) == "someone"
    other = Credentials(frozenset(), frozenset(), b"another secret")
    with pytest.raises(UnauthenticatedError):
        other.caller_of(bearing(CREDENTIALS.token_for("someone")))


def test_configured_tokens_are_different_users() -> None:
    both = Credentials(frozenset(), frozenset(["one", "two"]), b"secret")
    assert both.caller_of(bearing("one")) != both.caller_of(bearing("two"))


def test_credentials_show_no_secret() -> None:
    assert "secret" not in repr(CREDENTIALS)
    assert "a-token" not in repr(CREDENTIALS)


def test_a_public_key_is_understood_as_text_and_as_digits() -> None:
    key = load_ssh_private_key(KEY.encode(), None).public_key()
    text = key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    assert (
        parse_public_key(f"{text} someone@somewhere") == parse_public_key(public_hex(KEY)) == public_hex(KEY)
    )


def test_what_is_no_ed25519_key_is_refused() -> None:
    with pytest.raises(ValueError, match="64 hex digits"):
        parse_public_key("abcd")

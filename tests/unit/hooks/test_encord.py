"""An Airflow connection becomes Encord."""

import logging
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from airflow.providers.common.compat.sdk import redact
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from demo.bucket_server import BucketServer
from encord_provider.encord_api.connection import DOMAINS
from encord_provider.encord_api.private_key import openssh_text, public_hex
from encord_provider.errors import BadConnection
from encord_provider.hooks.encord import EncordHook
from encord_provider.sandbox.testing import RunningSandbox
from tests.unit.encord_api.keys import ENCRYPTED, KEY, OPENSSH, RSA, base64_of, rewrapped
from tests.unit.hooks.conftest import Connect


def test_a_connection_of_the_form_is_the_region_the_key_and_the_integration(connect: Connect) -> None:
    connect(extra={"region": "US", "private_key": OPENSSH, "integration": "fleet-s3"})

    credentials = EncordHook().credentials

    assert credentials.domain == DOMAINS["US"]
    assert public_hex(credentials.private_key) == public_hex(KEY)
    assert credentials.integration == "fleet-s3"


def test_a_connection_with_the_key_alone_is_encord_in_europe(connect: Connect) -> None:
    credentials = EncordHook(connect("encord_other", password=base64_of(OPENSSH))).credentials

    assert (credentials.domain, credentials.integration) == (DOMAINS["EU"], None)


def test_empty_fields_of_the_form_are_no_values(connect: Connect) -> None:
    connect(host="", password=OPENSSH, extra={"region": None, "private_key": "", "integration": ""})

    assert (EncordHook().credentials.domain, EncordHook().credentials.integration) == (DOMAINS["EU"], None)


@pytest.mark.parametrize("region", ["EU", "eu", "Us"])
def test_a_region_may_be_in_either_case(connect: Connect, region: str) -> None:
    connect(password=OPENSSH, extra={"region": region})

    assert EncordHook().credentials.domain == DOMAINS[region.upper()]


@pytest.mark.parametrize(
    ("parts", "domain"),
    [
        ({"host": "api.example.com"}, "https://api.example.com"),
        ({"host": "https://api.example.com/"}, "https://api.example.com"),
        ({"host": "http://127.0.0.1:8080"}, "http://127.0.0.1:8080"),
        ({"host": "http://127.0.0.1", "port": 8080}, "http://127.0.0.1:8080"),
        (
            {"host": "api.example.com", "port": 8443, "extra": {"region": "US"}},
            "https://api.example.com:8443",
        ),
        ({"host": "http://127.0.0.1:8080", "port": 8080}, "http://127.0.0.1:8080"),
    ],
)
def test_a_custom_domain_wins_over_the_region(
    connect: Connect, parts: dict[str, object], domain: str
) -> None:
    connect(password=OPENSSH, **parts)

    assert EncordHook().credentials.domain == domain


@pytest.mark.parametrize(
    ("uri", "domain"),
    [
        ("encord://?private_key={key}", DOMAINS["EU"]),
        ("encord://?private_key={key}&region=US", DOMAINS["US"]),
        ("encord://:{key}@api.example.com", "https://api.example.com"),
        ("encord://:{key}@api.example.com:8443", "https://api.example.com:8443"),
        ("encord://:{key}@http%3A%2F%2F127.0.0.1%3A8080", "http://127.0.0.1:8080"),
        ("encord://http://:{key}@127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_a_connection_may_be_a_uri(monkeypatch: pytest.MonkeyPatch, uri: str, domain: str) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_ENCORD_DEFAULT", uri.format(key=quote(base64_of(OPENSSH), safe="")))

    credentials = EncordHook().credentials

    assert (credentials.domain, public_hex(credentials.private_key)) == (domain, public_hex(KEY))


def test_the_key_may_be_a_file_on_the_worker(connect: Connect, tmp_path: Path) -> None:
    (tmp_path / "id_ed25519").write_text(OPENSSH)
    connect(extra={"private_key": str(tmp_path / "id_ed25519")})

    assert public_hex(EncordHook().credentials.private_key) == public_hex(KEY)


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({}, "no private key is given"),
        ({"password": RSA}, "ed25519 only"),
        ({"password": ENCRYPTED}, "encrypted"),
        ({"extra": {"private_key": "garbage"}}, "neither OpenSSH text"),
        ({"password": OPENSSH, "extra": {"region": "ASIA"}}, "region 'ASIA' is not one of EU, US"),
        ({"password": OPENSSH, "host": "api.example.com:84x"}, "api.example.com:84x"),
    ],
)
def test_what_is_wrong_with_a_connection_is_said_with_its_name(
    connect: Connect, parts: dict[str, object], problem: str
) -> None:
    connect(**parts)

    with pytest.raises(BadConnection, match=problem) as caught:
        _ = EncordHook().credentials

    assert str(caught.value).startswith("connection 'encord_default': ")


async def test_on_an_event_loop_the_same_connection_says_the_same(connect: Connect) -> None:
    connect(host="http://127.0.0.1:8080", extra={"private_key": OPENSSH, "integration": "s3"})

    credentials = await EncordHook().acredentials()

    assert (credentials.domain, credentials.integration) == ("http://127.0.0.1:8080", "s3")
    assert public_hex(credentials.private_key) == public_hex(KEY)


FORMS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "base64": base64_of,
    "base64 with line breaks": lambda text: base64_of(text, 76),
    "64 columns": lambda text: rewrapped(text, 64),
    "escaped": lambda text: text.replace("\n", "\\n"),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_the_key_is_masked_in_logs_from_the_first_look_on_line_by_line(
    connect: Connect, form: Callable[[str], str]
) -> None:
    given, other = (form(openssh_text(Ed25519PrivateKey.generate())) for _ in range(2))
    in_every_key = set(other.replace("\\n", "\n").splitlines())
    lines = [
        line
        for line in given.replace("\\n", "\n").splitlines()
        if line not in in_every_key and len(line) >= 16
    ]
    connect(extra={"private_key": given})
    # the middles of lines, since every key begins and ends alike and another test may have masked that
    middles = {line: line[len(line) // 2 - 8 : len(line) // 2 + 8] for line in lines}
    assert [line for line in lines if middles[line] in str(redact(f"the key is {line}"))]

    _ = EncordHook().credentials

    assert [line for line in lines if middles[line] in str(redact(f"the key is {line}"))] == []


def test_a_hook_gives_its_api_under_the_name_that_airflow_expects(connect: Connect) -> None:
    connect(password=OPENSSH)
    hook = EncordHook()

    assert hook.get_conn() is hook.api


def working(sandbox: RunningSandbox, **parts: object) -> dict[str, object]:
    """Return the parts of a connection to the sandbox."""
    return {"host": sandbox.url, "password": sandbox.private_key} | parts


def test_a_connection_that_works_says_so_with_the_integrations(
    sandbox: RunningSandbox, connect: Connect
) -> None:
    connect(**working(sandbox, extra={"integration": "s3"}))

    works, message = EncordHook().test_connection()

    assert works
    assert sandbox.url in message
    assert "'s3'" in message


def test_a_key_that_encord_does_not_know_is_said_to_be_refused(
    sandbox: RunningSandbox, connect: Connect
) -> None:
    connect(**working(sandbox, password=OPENSSH))

    works, message = EncordHook().test_connection()

    assert not works
    assert "refused" in message


def test_a_key_that_cannot_be_read_is_said_to_be_and_not_shown(
    sandbox: RunningSandbox, connect: Connect
) -> None:
    connect(**working(sandbox, password=RSA))

    works, message = EncordHook().test_connection()

    assert not works
    assert "ed25519" in message
    assert not any(line in message for line in RSA.splitlines() if line)


@pytest.mark.parametrize("integration", ["gcs", "8c8f3c1e-6b0e-4a4e-9d57-3f6f0c9d2a11"])
def test_an_integration_that_does_not_exist_is_said_not_to_with_those_that_do(
    sandbox: RunningSandbox, connect: Connect, integration: str
) -> None:
    connect(**working(sandbox, extra={"integration": integration}))

    works, message = EncordHook().test_connection()

    assert not works
    assert integration in message
    assert "'s3'" in message


def test_a_domain_that_does_not_answer_is_named(sandbox: RunningSandbox, connect: Connect) -> None:
    connect(**working(sandbox, host="http://127.0.0.1:9"))

    works, message = EncordHook().test_connection()

    assert not works
    assert "http://127.0.0.1:9" in message


def test_a_domain_that_is_not_encord_does_not_work(
    connect: Connect, sandbox: RunningSandbox, bucket_server: BucketServer
) -> None:
    connect(**working(sandbox, host=bucket_server.endpoint))

    works, message = EncordHook().test_connection()

    assert not works
    assert "list the cloud integrations" in message


def test_testing_a_connection_shows_no_key_in_the_log(
    sandbox: RunningSandbox, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    connect(**working(sandbox))

    with caplog.at_level(logging.DEBUG):
        EncordHook().test_connection()

    said = "\n".join(record.getMessage() for record in caplog.records)
    lines = [line for line in sandbox.private_key.splitlines() if "-----" not in line and len(line) > 16]
    assert not any(line in said for line in lines)


def test_airflow_finds_the_hook_by_its_names() -> None:
    assert (EncordHook.conn_type, EncordHook.hook_name) == ("encord", "Encord")
    assert (EncordHook.conn_name_attr, EncordHook.default_conn_name) == ("encord_conn_id", "encord_default")

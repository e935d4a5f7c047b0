"""The connection's fields, the forms of its key, and what the test of it answers."""

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from encord_provider.hooks.encord import EncordHook
from encord_provider.provider_info import get_provider_info
from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.testing import RunningSandbox, running_sandbox
from tests.docs.pages import Page, all_pages, code

REFERENCE = "connection"
EU = "https://api.encord.com"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    """Run an Encord that knows the integration of the page, and never opens it."""
    fleet = Integration(title="fleet-s3", kind="direct", anonymous=True)
    with running_sandbox(integrations=[fleet]) as running:
        yield running


def answer_to(
    monkeypatch: pytest.MonkeyPatch, sandbox: RunningSandbox, extra: Mapping[str, str]
) -> tuple[bool, str]:
    """Test a connection as Airflow does; the sandbox's address is given back as Encord's own."""
    connection = {"conn_type": "encord", "extra": extra} | (
        {} if "region" in extra else {"host": sandbox.url}
    )
    monkeypatch.setenv("AIRFLOW_CONN_ENCORD_DEFAULT", json.dumps(connection))
    works, answer = EncordHook("encord_default").test_connection()
    return works, answer.replace(sandbox.url, EU)


def documented() -> list[str]:
    """Return the answers that the page lists; where one goes on, it ends in three dots."""
    return [code(row[0])[0] for row in Page.read(REFERENCE).under("Testing it").table()]


def test_every_field_of_the_form_is_documented() -> None:
    (form,) = get_provider_info()["connection-types"]
    rows = Page.read(REFERENCE).under("Fields").table()

    assert {row[0]: code(row[1])[0] for row in rows} == {
        form["ui-field-behaviour"]["relabeling"]["host"]: "host",
        **{field["label"]: f"extra.{name}" for name, field in form["conn-fields"].items()},
    }


def test_every_form_of_the_key_is_taken(
    monkeypatch: pytest.MonkeyPatch, sandbox: RunningSandbox, tmp_path: Path
) -> None:
    text = sandbox.private_key
    file = tmp_path / "encord"
    file.write_text(text)
    forms = (text, text.replace("\n", "\r\n"), text.replace("\n", "\\n"), str(file))

    for form in (
        *forms,
        base64.b64encode(text.encode()).decode(),
        base64.encodebytes(text.encode()).decode(),
    ):
        works, answer = answer_to(monkeypatch, sandbox, {"private_key": form})
        assert works, answer
        assert answer in documented()


def test_each_documented_answer_is_given(monkeypatch: pytest.MonkeyPatch, sandbox: RunningSandbox) -> None:
    good, another = sandbox.private_key, Ed25519PrivateKey.generate()
    rsa = generate_private_key(public_exponent=65537, key_size=2048)
    extras: tuple[dict[str, str], ...] = (
        {"private_key": good},
        {"private_key": good, "integration": "fleet"},
        {},
        {"private_key": text_of(rsa, PrivateFormat.OpenSSH)},
        {"private_key": under_a_passphrase(another)},
        {"private_key": text_of(another, PrivateFormat.PKCS8)},
        {"private_key": "/not/a/file/here"},
        {"private_key": good, "region": "MARS"},
        {"private_key": text_of(another, PrivateFormat.OpenSSH)},
    )
    answers = [answer_to(monkeypatch, sandbox, extra)[1] for extra in extras]
    sandbox.faults.add("status", path="/cloud-integrations$", status=501)
    answers.append(answer_to(monkeypatch, sandbox, {"private_key": good})[1])
    sandbox.faults.clear()

    for answer, shown in zip(answers, documented(), strict=True):
        assert answer == shown or (shown.endswith("...") and answer.startswith(shown.removesuffix("...")))


@pytest.mark.parametrize(
    "line",
    [
        line
        for page in all_pages()
        for block in page.blocks("bash")
        for line in block.code.splitlines()
        if "AIRFLOW_CONN_" in line and "encord" in line
    ],
)
def test_every_variable_on_the_pages_is_a_connection_that_reads_its_key(
    line: str, monkeypatch: pytest.MonkeyPatch, sandbox: RunningSandbox, tmp_path: Path
) -> None:
    file = tmp_path / "key"
    file.write_text(sandbox.private_key)
    name, _, value = line.removeprefix("export ").partition("=")
    for path in ("/run/secrets/encord", "/run/secrets/sandbox"):
        value = value.strip("'").replace(path, str(file)).replace(path.replace("/", "%2F"), str(file))
    monkeypatch.setenv(name, value)

    credentials = EncordHook(name.removeprefix("AIRFLOW_CONN_").lower()).credentials

    assert credentials.domain in (EU, "http://127.0.0.1:8081")


def text_of(key: Ed25519PrivateKey | RSAPrivateKey, form: PrivateFormat) -> str:
    """Render a private key in a form that people have."""
    return key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


def under_a_passphrase(key: Ed25519PrivateKey) -> str:
    """Render a key as OpenSSH does when it has a passphrase (PROTOCOL.key); what is sealed in it is of no matter."""
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).split()[1]
    derivation = _field(bytes(16)) + (16).to_bytes(4)
    fields = (b"aes256-ctr", b"bcrypt", derivation)
    sealed = _field(base64.b64decode(public)) + _field(bytes(128))
    envelope = b"openssh-key-v1\0" + b"".join(map(_field, fields)) + (1).to_bytes(4) + sealed
    begin, end = (f"-----{word} OPENSSH PRIVATE KEY-----\n" for word in ("BEGIN", "END"))
    return begin + base64.encodebytes(envelope).decode() + end


def _field(content: bytes) -> bytes:
    return len(content).to_bytes(4) + content

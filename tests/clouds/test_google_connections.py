"""Every way in which a connection of Google's type names credentials, against tokens that are really checked."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.ports import free_ports
from encord_provider.errors import BadConnection, BucketUnavailable
from encord_provider.hooks.buckets import open_source
from encord_provider.ingestion.run import Source
from tests.clouds.cloud import CONTRACT, Cloud, Place
from tests.clouds.google import EXCHANGE, IMPERSONATION, WORKLOAD, Google, connection


@pytest.fixture(autouse=True)
def lifetime(google_cloud: Google) -> Iterator[None]:
    """Let tokens live for an hour again after the test."""
    yield
    google_cloud.gate.lifetime_seconds = 3600


@pytest.fixture
def place(gcs: Cloud, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Put one object in a place of the test's own."""
    gcs.connect(monkeypatch)
    made = Place.new(gcs)
    made.put("a.mp4", b"abc")
    return made


def keys(source: Source) -> list[str]:
    """List a source."""
    return [obj.key for page in source.bucket.pages(source.prefix) for obj in page]


def test_the_path_of_a_key_file(
    place: Place, google_cloud: Google, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "key.json"
    file.write_text(json.dumps(google_cloud.key_file()))
    place.cloud.connect(monkeypatch, connection(key_path=str(file)))

    assert keys(open_source(place.uri())) == [place.prefix + "a.mp4"]


def test_a_key_as_json_whose_line_breaks_were_escaped_on_the_way(
    place: Place, google_cloud: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = google_cloud.key_file()
    key["private_key"] = key["private_key"].replace("\n", "\\n")
    place.cloud.connect(monkeypatch, connection(keyfile_dict=key))

    assert keys(open_source(place.uri())) == [place.prefix + "a.mp4"]


def test_the_credentials_of_the_machine(
    place: Place, google_cloud: Google, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "application-default.json"
    file.write_text(json.dumps(google_cloud.key_file()))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    place.cloud.connect(monkeypatch, connection())

    assert keys(open_source(place.uri())) == [place.prefix + "a.mp4"]


def test_the_identity_of_another_provider_that_impersonates_an_account(
    place: Place, google_cloud: Google, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = google_cloud.gate.given
    proof = tmp_path / "proof"
    proof.write_text(WORKLOAD)
    federated = {
        "type": "external_account",
        "audience": "//iam.googleapis.com/locations/global/workforcePools/pool/providers/provider",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": google_cloud.gate.url + EXCHANGE,
        "credential_source": {"file": str(proof)},
        "service_account_impersonation_url": google_cloud.gate.url + IMPERSONATION,
    }
    place.cloud.connect(monkeypatch, connection(credential_config_file=federated))

    assert keys(open_source(place.uri())) == [place.prefix + "a.mp4"]
    assert google_cloud.gate.given >= given + 2, "one token to impersonate with, one to read with"


def test_nobodys_credentials_read_and_write_where_anyone_may(
    place: Place, google_cloud: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.cloud.connect(monkeypatch, connection(is_anonymous=True))
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", google_cloud.open_endpoint.removeprefix("http://"))

    source = open_source(place.uri())

    assert keys(source) == [place.prefix + "a.mp4"]
    assert source.bucket.read(place.prefix + "a.mp4") == b"abc"


def test_nobodys_credentials_are_refused_where_a_token_is_wanted(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.cloud.connect(monkeypatch, connection(is_anonymous=True))

    with pytest.raises(BadConnection, match="gs://contract refused its credentials"):
        keys(open_source(place.uri()))


def test_a_token_is_renewed_while_the_bucket_is_open(place: Place, google_cloud: Google) -> None:
    google_cloud.gate.lifetime_seconds = 60  # so near its end that it is renewed at every use
    source = open_source(place.uri())
    before = keys(source)

    google_cloud.gate.take_back()

    until = time.monotonic() + 10  # obstore asks for no token twice within a tenth of a second
    while True:
        try:
            after = keys(source)
        except BadConnection:
            assert time.monotonic() < until
        else:
            break
    assert after == before


def test_a_token_that_was_taken_back_is_a_fault_of_the_connection(place: Place, google_cloud: Google) -> None:
    source = open_source(place.uri())
    keys(source)

    google_cloud.gate.take_back()

    with pytest.raises(BadConnection, match="401 AuthenticationRequired") as caught:
        keys(source)
    assert caught.value.conn_id == "google_cloud_default"


def test_no_answer_to_a_request_for_a_token_is_worth_another_try(
    place: Place, google_cloud: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = google_cloud.key_file() | {"token_uri": f"http://127.0.0.1:{free_ports(1)[0]}/token"}
    place.cloud.connect(monkeypatch, connection(keyfile_dict=key))

    with pytest.raises(BucketUnavailable, match="no token from Google"):
        keys(open_source(place.uri()))


@pytest.mark.parametrize(
    "extra",
    [
        {"keyfile_dict": "{not json, but-a-secret}"},
        {"keyfile_dict": {"type": "service_account", "private_key": "but-a-secret"}},
        {
            "keyfile_dict": {
                "type": "service_account",
                "private_key": "-----BEGIN PRIVATE KEY-----\nbut-a-secret\n-----END PRIVATE KEY-----\n",
                "client_email": "a@b",
                "token_uri": "http://127.0.0.1:1/",
            }
        },
        {"keyfile_dict": {"type": "service_account", "note": "but-a-secret"}},
        {"key_path": "/nonexistent/key.json"},
        {"key_path": "/nonexistent/key.p12"},
        {"key_path": "/nonexistent/key.json", "keyfile_dict": {"private_key": "but-a-secret"}},
        {"credential_config_file": "but-a-secret"},
        {"credential_config_file": {"type": "authorized_user", "refresh_token": "but-a-secret"}},
    ],
)
def test_what_cannot_be_credentials_is_a_fault_of_the_connection_and_never_shown(
    gcs: Cloud, monkeypatch: pytest.MonkeyPatch, extra: dict[str, object]
) -> None:
    gcs.connect(monkeypatch, connection(**extra))

    with pytest.raises(BadConnection) as caught:
        open_source(f"gs://{CONTRACT}/")

    assert caught.value.conn_id == "google_cloud_default"
    assert caught.value.problem
    assert "but-a-secret" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_connection_that_does_not_exist_is_named(gcs: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    gcs.connect(monkeypatch)

    with pytest.raises(BadConnection, match="connection 'nobody': there is no such connection"):
        open_source(f"gs://{CONTRACT}/", "nobody")

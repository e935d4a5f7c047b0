"""Every way in which a connection of type ``wasb`` names credentials, on Microsoft's own emulator."""

import traceback
from collections.abc import Callable, Iterator, Mapping

import pytest
from azure.storage.blob import AccountSasPermissions, BlobServiceClient

from demo.ports import free_ports
from encord_provider.errors import BadConnection, BucketUnavailable
from encord_provider.hooks.buckets import open_source
from encord_provider.ingestion.run import Source
from tests.clouds.azurite import ACCOUNT, KEY
from tests.clouds.cloud import CONTRACT, Cloud, Connection, Place
from tests.clouds.microsoft import (
    CLIENT_ID,
    CLIENT_SECRET,
    IDENTITY_HEADER,
    PAGE,
    TENANT,
    Microsoft,
    account_sas,
    running_microsoft,
)

pytestmark = pytest.mark.slow

READ = AccountSasPermissions(read=True, list=True)


@pytest.fixture(scope="session")
def microsoft(azure_account: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Microsoft]:
    """Microsoft's tokens, and a gate in front of the account that wants them."""
    with running_microsoft(tmp_path_factory.mktemp("microsoft"), azure_account) as running:
        yield running


@pytest.fixture
def place(azure: Cloud) -> Place:
    """Put one blob in a place of the test's own."""
    made = Place.new(azure)
    made.put("a.mp4", b"abc")
    return made


def keys(source: Source) -> list[str]:
    """List a source."""
    return [obj.key for page in source.bucket.pages(source.prefix) for obj in page]


def wasb(
    host: str, extra: Mapping[str, object] | None = None, *, login: str = ACCOUNT, password: str = ""
) -> Connection:
    """Make a connection."""
    return {"conn_type": "wasb", "host": host, "login": login, "password": password, "extra": extra or {}}


def service_principal(microsoft: Microsoft, secret: str, authority: str = "") -> Connection:
    """Make a connection for the service principal of the tests."""
    certificate = str(microsoft.certificate)
    config = {
        "authority": authority or microsoft.gate.url,
        "disable_instance_discovery": True,
        "connection_verify": certificate,
        "retry_total": 0,
    }
    extra = {
        "tenant_id": TENANT,
        "client_secret_auth_config": config,
        "connection_verify": certificate,
    }
    return wasb(microsoft.account_url, extra, login=CLIENT_ID, password=secret)


@pytest.mark.parametrize(
    ("password", "extra"),
    [
        (KEY, {}),
        ("", {"shared_access_key": KEY}),
        ("", {"account_key": KEY}),
        ("", {"sas_token": account_sas(READ)}),
        ("", {"sas_token": f"?{account_sas(READ)}"}),
        ("", {"shared_access_key": account_sas(READ)}),
    ],
    ids=["password", "shared-access-key", "account-key", "sas", "sas-with-its-mark", "sas-as-a-key"],
)
def test_a_key_or_a_signature(
    place: Place, azure_account: str, monkeypatch: pytest.MonkeyPatch, password: str, extra: dict[str, object]
) -> None:
    place.cloud.connect(monkeypatch, wasb(azure_account, extra, password=password))

    source = open_source(place.uri())

    assert keys(source) == [place.prefix + "a.mp4"]
    assert source.bucket.read(place.prefix + "a.mp4") == b"abc"
    assert source.bucket.url_of(place.prefix + "a.mp4") == place.url("a.mp4")


def test_a_service_principal(place: Place, microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch) -> None:
    place.cloud.connect(monkeypatch, service_principal(microsoft, CLIENT_SECRET))

    source = open_source(place.uri())

    assert keys(source) == [place.prefix + "a.mp4"]
    assert source.bucket.url_of("a.mp4") == f"{microsoft.account_url}/{CONTRACT}/a.mp4"


def test_a_listing_that_the_account_answers_in_pages_is_whole(
    place: Place, microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(2 * PAGE + 1):
        place.put(f"b{n}.mp4", b"x")
    place.cloud.connect(monkeypatch, service_principal(microsoft, CLIENT_SECRET))

    listed = keys(open_source(place.uri("b")))

    assert listed == [f"{place.prefix}b{n}.mp4" for n in range(2 * PAGE + 1)]


def test_the_identity_of_the_machine(
    place: Place, microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{microsoft.machine.url}/identity")
    monkeypatch.setenv("IDENTITY_HEADER", IDENTITY_HEADER)
    connection = wasb(microsoft.account_url, {"connection_verify": str(microsoft.certificate)})
    place.cloud.connect(monkeypatch, connection)

    assert keys(open_source(place.uri())) == [place.prefix + "a.mp4"]


def test_a_certificate_that_nobody_vouches_for_is_not_believed(
    place: Place, microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = wasb(microsoft.account_url, password=KEY)
    place.cloud.connect(monkeypatch, connection)

    with pytest.raises(BucketUnavailable):
        keys(open_source(place.uri()))


def test_the_wrong_secret_of_a_service_principal_is_a_fault_of_the_connection(
    place: Place, microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.cloud.connect(monkeypatch, service_principal(microsoft, "but-a-secret"))

    with pytest.raises(BadConnection, match="Microsoft gives no token") as caught:
        keys(open_source(place.uri()))
    assert "but-a-secret" not in "".join(traceback.format_exception(caught.value))


def test_no_answer_to_a_request_for_a_token_is_worth_another_try(
    place: Place, microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = f"https://127.0.0.1:{free_ports(1)[0]}"
    place.cloud.connect(monkeypatch, service_principal(microsoft, CLIENT_SECRET, authority=nowhere))

    with pytest.raises(BucketUnavailable, match="no token from Microsoft"):
        keys(open_source(place.uri()))


def test_a_token_that_was_taken_back_is_a_fault_of_the_connection(
    place: Place, microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.cloud.connect(monkeypatch, service_principal(microsoft, CLIENT_SECRET))
    source = open_source(place.uri())
    keys(source)

    microsoft.gate.take_back()

    with pytest.raises(BadConnection, match=r"refused its credentials \(401\)"):
        keys(source)


@pytest.mark.parametrize("asked", ["list", "read", "write"])
def test_a_signature_that_is_refused_is_never_shown(
    place: Place, azure_account: str, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    signature = account_sas(READ, key="bm90IHRoZSBrZXkgb2YgdGhpcyBhY2NvdW50")
    place.cloud.connect(monkeypatch, wasb(azure_account, {"sas_token": signature}))
    source = open_source(place.uri())
    key = place.prefix + "a.mp4"

    attempt: Callable[[], object] = {
        "list": lambda: list(source.bucket.pages()),
        "read": lambda: source.bucket.read(key),
        "write": lambda: source.bucket.write(key, b"x"),
    }[asked]

    with pytest.raises(BadConnection, match="az://contract refused its credentials") as caught:
        attempt()

    told = "".join(traceback.format_exception(caught.value))
    assert "sig=" not in told
    assert signature.rpartition("sig=")[2] not in told


def test_a_signature_to_read_does_not_write(
    place: Place, azure_account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.cloud.connect(monkeypatch, wasb(azure_account, {"sas_token": account_sas(READ)}))

    with pytest.raises(BadConnection, match="403 AuthorizationPermissionMismatch"):
        open_source(place.uri()).bucket.write(place.prefix + "b.mp4", b"x")


@pytest.mark.parametrize(
    "connection",
    [
        {"conn_type": "wasb", "extra": {"connection_string": "but-a-secret"}},
        {"conn_type": "wasb", "extra": {"connection_string": "AccountName=a;AccountKey=but-a-secret!"}},
        wasb("http://127.0.0.1:1/devstoreaccount1", password="but-a-secret!"),  # noqa: S106 - of nobody
        wasb("http://127.0.0.1:1/devstoreaccount1", {"sas_token": "but-a-secret"}),
        wasb("http://127.0.0.1:1/devstoreaccount1"),  # a machine's identity, and no TLS
        wasb(
            "https://127.0.0.1:1/devstoreaccount1",
            extra={"connection_verify": "/nonexistent.pem"},
            password=KEY,
        ),
    ],
)
def test_what_cannot_be_credentials_is_a_fault_of_the_connection_and_never_shown(
    azure: Cloud, monkeypatch: pytest.MonkeyPatch, connection: Connection
) -> None:
    azure.connect(monkeypatch, connection)

    with pytest.raises(BadConnection) as caught:
        open_source(f"az://{CONTRACT}/")

    assert caught.value.conn_id == "wasb_default"
    assert "but-a-secret" not in "".join(traceback.format_exception(caught.value))


def test_a_connection_that_does_not_exist_is_named() -> None:
    with pytest.raises(BadConnection, match="connection 'nobody': there is no such connection"):
        open_source(f"az://{CONTRACT}/", "nobody")


def test_blobs_of_the_root_container_are_spelled_at_the_root_of_the_account(
    azure: Cloud, azure_account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    azure.connect(monkeypatch)
    azure.store("$root").put("a b.mp4", b"abc")

    source = open_source("az://$root/a")
    ((obj,),) = source.bucket.pages(source.prefix)

    assert obj.url == f"{azure_account}/a%20b.mp4"
    assert source.bucket.read("a b.mp4") == b"abc"


def test_the_folders_of_a_hierarchical_namespace_are_no_objects(
    place: Place, azure_account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.cloud.connect(monkeypatch)
    service = BlobServiceClient(azure_account, KEY)
    folder = service.get_blob_client(CONTRACT, f"{place.prefix}folder")
    folder.upload_blob(b"", metadata={"hdi_isfolder": "true"})

    assert keys(open_source(place.uri())) == [f"{place.prefix}a.mp4"]

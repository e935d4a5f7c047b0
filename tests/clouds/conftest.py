"""Four clouds on localhost, each started when the first test asks for it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3  # type: ignore[import-untyped]  # it ships none
import pytest
from azure.storage.blob import BlobServiceClient
from obstore.store import AzureStore
from pydantic import SecretStr

from demo.bucket_server import BucketServer, running_bucket_server
from demo.corpus import BUCKET, write_corpus
from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.testing import running_sandbox
from tests.clouds import azurite, google
from tests.clouds.cloud import CONTRACT, Cloud, Connection, Place
from tests.clouds.world import World

OTC = "obs.eu-de.otc.t-systems.com"
"""Host name of Open Telekom Cloud's OBS."""

CLOUDS = ["s3", "otc", "gcs", pytest.param("azure", marks=pytest.mark.slow)]
"""Azure's emulator comes from npm, which the README's commands do not need: it runs with ``-m slow``."""


@pytest.fixture(params=CLOUDS)
def cloud(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """Give the test each cloud in turn, with a good connection."""
    chosen: Cloud = request.getfixturevalue(request.param)
    chosen.connect(monkeypatch)
    return chosen


@pytest.fixture
def place(cloud: Cloud) -> Place:
    """Give the test an empty prefix of its own."""
    return Place.new(cloud)


@pytest.fixture(scope="session")
def airflow_database() -> None:
    """Make the database of the session's Airflow, unless another test did."""
    if not (Path(os.environ["AIRFLOW_HOME"]) / "airflow.db").exists():
        subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True, capture_output=True)


@pytest.fixture
def world(
    cloud: Cloud,
    airflow_database: None,  # noqa: ARG001 - it must be there
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    """Connect an Airflow with a ledger of its own to the cloud and to an empty sandbox."""
    write_corpus(cloud.store(BUCKET))
    with running_sandbox(integrations=[cloud.integration]) as sandbox:
        encord = {"conn_type": "encord", "host": sandbox.url, "password": sandbox.private_key}
        monkeypatch.setenv("AIRFLOW_CONN_ENCORD_DEFAULT", json.dumps(encord))
        monkeypatch.setenv("AIRFLOW__ENCORD__LEDGER_URL", f"sqlite:///{tmp_path / 'ledger.db'}")
        monkeypatch.setenv("AIRFLOW__ENCORD__STORAGE", f"{cloud.scheme}://contract/{tmp_path.name}/")
        world = World(cloud, sandbox, tmp_path)
        yield world
    world.tidy()


@pytest.fixture(scope="session")
def s3(bucket_server: BucketServer) -> Cloud:
    """S3 at an endpoint of its own."""
    return _s3(
        "s3",
        bucket_server,
        {"endpoint_url": bucket_server.endpoint, "region_name": bucket_server.region},
        Integration(
            title="fleet-s3",
            kind="s3-compatible",
            endpoint=bucket_server.endpoint,
            access_key_id=bucket_server.access_key_id,
            secret_access_key=SecretStr(bucket_server.secret_access_key),
        ),
    )


@pytest.fixture(scope="session")
def otc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """OBS under its own host name: a proxy leads there, and every signature is of that name.

    The connection names the proxy for the provider; the environment names it for everybody else.
    """
    with running_bucket_server(tmp_path_factory.mktemp("otc"), domain=OTC) as server:
        endpoint = f"http://{OTC}"
        integration = Integration(
            title="fleet-s3",
            kind="s3-compatible",
            endpoint=endpoint,
            region="eu-de",
            access_key_id=server.access_key_id,
            secret_access_key=SecretStr(server.secret_access_key),
        )
        config = {"proxies": {"http": server.endpoint}}
        yield _s3("otc", server, {"endpoint_url": endpoint, "config_kwargs": config}, integration)


def _s3(name: str, server: BucketServer, extra: Connection, integration: Integration) -> Cloud:
    for bucket in (CONTRACT, BUCKET):
        server.create_bucket(bucket)
    client = boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        region_name=server.region,
        aws_access_key_id=server.access_key_id,
        aws_secret_access_key=server.secret_access_key,
    )
    virtual = name == "otc"
    return Cloud(
        name=name,
        scheme="s3",
        conn_id="aws_default",
        connection=_aws(server, server.secret_access_key, extra),
        refused=_aws(server, "a-secret-that-is-wrong", extra),
        secrets=(server.secret_access_key, "a-secret-that-is-wrong"),
        store=server.store,
        root_url=lambda bucket: f"http://{bucket}.{OTC}/" if virtual else f"{server.endpoint}/{bucket}/",
        integration=integration,
        put_marker=lambda bucket, key: client.put_object(Bucket=bucket, Key=key),
        environment={"http_proxy": server.endpoint, "no_proxy": "127.0.0.1,localhost"} if virtual else {},
    )


def _aws(server: BucketServer, secret: str, extra: Connection) -> Connection:
    return {"conn_type": "aws", "login": server.access_key_id, "password": secret, "extra": extra}


@pytest.fixture(scope="session")
def google_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[google.Google]:
    """Google's storage, which wants tokens."""
    with google.running_google(tmp_path_factory.mktemp("google")) as running:
        for bucket in (CONTRACT, BUCKET):
            running.create_bucket(bucket)
        yield running


@pytest.fixture(scope="session")
def gcs(google_cloud: google.Google) -> Cloud:
    """Google's storage, by the key of a service account."""
    right, wrong = google_cloud.key_file(), google_cloud.key_file(key_of="somebody else")
    return Cloud(
        name="gcs",
        scheme="gs",
        conn_id="google_cloud_default",
        connection=google.connection(keyfile_dict=right),
        refused=google.connection(keyfile_dict=wrong),
        secrets=tuple(line for key in (right, wrong) for line in key["private_key"].splitlines()[1:-1]),
        store=google_cloud.store,
        root_url=lambda bucket: f"https://storage.cloud.google.com/{bucket}/",
        integration=Integration(
            title="fleet-gcs", kind="gcs", endpoint=google_cloud.open_endpoint, anonymous=True
        ),
        put_marker=google_cloud.put_marker,
        environment={"STORAGE_EMULATOR_HOST": google_cloud.gate.url},
    )


@pytest.fixture(scope="session")
def azure_account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an account on Azurite."""
    with azurite.running_azurite(tmp_path_factory.mktemp("azurite") / "azurite.log") as url:
        service = BlobServiceClient(url, azurite.KEY)
        for container in (CONTRACT, BUCKET, "$root"):
            service.create_container(container)
        yield url


@pytest.fixture(scope="session")
def azure(azure_account: str) -> Cloud:
    """Azure, by connection string."""
    service = BlobServiceClient(azure_account, azurite.KEY)

    def put_marker(container: str, key: str) -> None:
        service.get_blob_client(container, key).upload_blob(b"")

    wrong = "bm90IHRoZSBrZXkgb2YgdGhpcyBhY2NvdW50"
    return Cloud(
        name="azure",
        scheme="az",
        conn_id="wasb_default",
        connection=_wasb(azure_account, azurite.KEY),
        refused=_wasb(azure_account, wrong),
        secrets=(azurite.KEY, wrong),
        store=lambda container: AzureStore(
            container,
            account_name=azurite.ACCOUNT,
            account_key=azurite.KEY,
            endpoint=azure_account,
            client_options={"allow_http": True},
        ),
        root_url=lambda container: f"{azure_account}/{container}/",
        integration=Integration(
            title="fleet-azure",
            kind="azure",
            account_name=azurite.ACCOUNT,
            account_key=SecretStr(azurite.KEY),
            endpoint=azure_account.removesuffix(f"/{azurite.ACCOUNT}"),
        ),
        put_marker=put_marker,
    )


def _wasb(account: str, key: str) -> Connection:
    parts = f"DefaultEndpointsProtocol=http;AccountName={azurite.ACCOUNT};AccountKey={key};BlobEndpoint={account};"
    return {"conn_type": "wasb", "extra": {"connection_string": parts}}

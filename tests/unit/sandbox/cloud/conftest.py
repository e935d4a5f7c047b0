"""Storages that only the cloud's own tests need."""

import socket

import pytest

from demo.bucket_server import BucketServer
from encord_provider.sandbox.cloud import Integration


@pytest.fixture(scope="session")
def aws(bucket_server: BucketServer) -> Integration:
    """Hold an integration that takes the S3 server for Amazon's."""
    return Integration.model_validate(
        {
            "title": "aws",
            "kind": "s3",
            "endpoint": bucket_server.endpoint,
            "access_key_id": bucket_server.access_key_id,
            "secret_access_key": bucket_server.secret_access_key,
        }
    )


@pytest.fixture
def free_port() -> int:
    """Name a port where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port

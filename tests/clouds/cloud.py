"""A cloud as the tests see it: a server, a bucket, the connection that a user would make, and the truth about both."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import quote
from uuid import uuid4

import pytest
from obstore.store import ObjectStore

from encord_provider.sandbox.cloud import Integration

Connection: TypeAlias = Mapping[str, object]
"""An Airflow connection, as its JSON form has it."""

CONTRACT = "contract"
"""Bucket of the contract suite."""


@dataclass(frozen=True)
class Cloud:
    """One cloud on localhost; it has the buckets `CONTRACT` and ``fleet-cameras``."""

    name: str
    scheme: str
    conn_id: str
    """Airflow's default connection for it."""

    connection: Connection
    """Good credentials."""

    refused: Connection
    """The same with credentials that the cloud refuses."""

    secrets: tuple[str, ...]
    """What stands in either connection and must never be shown."""

    store: Callable[[str], ObjectStore]
    """Bucket to a store with credentials of its own, to put things there."""

    root_url: Callable[[str], str]
    """Bucket to the URL that its keys follow."""

    integration: Integration
    """Credentials with which an Encord reads it."""

    put_marker: Callable[[str, str], None]
    """Leave, in a bucket, the marker of a folder whose key ends in a slash."""

    environment: Mapping[str, str] = field(default_factory=dict)
    """What Airflow's processes have in their environment there."""

    def connect(self, monkeypatch: pytest.MonkeyPatch, connection: Connection | None = None) -> None:
        """Make *connection*, by default the good one, the default one of this cloud."""
        given = self.connection if connection is None else connection
        monkeypatch.setenv(f"AIRFLOW_CONN_{self.conn_id.upper()}", json.dumps(given))
        for name, value in self.environment.items():
            monkeypatch.setenv(name, value)


@dataclass(frozen=True)
class Place:
    """A prefix of its own for one test."""

    cloud: Cloud
    prefix: str
    """Ends in a slash."""

    @classmethod
    def new(cls, cloud: Cloud) -> "Place":
        """Choose a prefix that nobody used."""
        return cls(cloud, f"{uuid4().hex[:12]}/")

    def put(self, key: str, body: bytes) -> None:
        """Write an object."""
        self.cloud.store(CONTRACT).put(self.prefix + key, body)

    def uri(self, key: str = "") -> str:
        """Spell the URI of a key or prefix as a user writes it."""
        return f"{self.cloud.scheme}://{CONTRACT}/{self.prefix}{key}"

    def url(self, key: str) -> str:
        """Spell the URL under which Encord must know the object."""
        return self.cloud.root_url(CONTRACT) + quote(self.prefix + key, safe="/~")

"""Airflow connections become buckets."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from encord_provider.hooks.configuration import default_storage_uri, storage_conn_id, storage_uri
from encord_provider.hooks.executors import require_one_machine

if TYPE_CHECKING:
    from encord_provider.buckets.bucket import Bucket
    from encord_provider.buckets.location import Location
    from encord_provider.ingestion.run import Source
    from encord_provider.ingestion.storage import Storage

DEFAULT_CONN_IDS = {"s3": "aws_default", "gs": "google_cloud_default", "az": "wasb_default"}
"""The connection of each scheme where a task names none: Airflow's own defaults."""


def open_source(uri: str, conn_id: str | None = None, inventory: str | None = None) -> "Source":
    """Open the bucket of *uri* with the credentials of an Airflow connection.

    Args:
        uri: Bucket and prefix.
        conn_id: The connection; by default the default one of the bucket's cloud.
        inventory: URI of an inventory that is read in place of a listing. In the source's own cloud it is read with
            the same connection, elsewhere with the default one of its cloud.

    Raises:
        BadSource: A URI that cannot be read.
        BadConnection: What is wrong with the connection.
        MissingExtra: The cloud's provider package is not installed.

    """
    from encord_provider.buckets.inventory import Inventory
    from encord_provider.buckets.location import Location
    from encord_provider.ingestion.run import Source

    location = Location.parse(uri)
    bucket = _bucket(location, conn_id)
    if not inventory:
        return Source(bucket, location.path)
    place = Location.parse(inventory)
    files = _bucket(place, conn_id if place.scheme == location.scheme else None)
    return Source(bucket, location.path, Inventory(bucket, location.path, files, place.path))


STORAGE_REMEDY = (
    "a manifest that is written on one is read on another; name in [encord] storage a bucket, or a directory "
    "that every worker mounts"
)


def open_storage() -> "Storage":
    """Open the place where manifests and receipts are kept.

    Raises:
        NotShared: None is configured, and tasks may run on several machines.

    """
    from encord_provider.buckets.location import Location
    from encord_provider.ingestion.storage import Storage

    configured = storage_uri()
    if not configured:
        require_one_machine("storage", default_storage_uri(), STORAGE_REMEDY)
    root = Location.parse(configured or default_storage_uri())
    return Storage(_bucket(root, storage_conn_id()), root)


def _bucket(location: "Location", conn_id: str | None) -> "Bucket":
    if location.scheme == "file":
        from encord_provider.buckets.directory import directory_bucket

        return directory_bucket(location.bucket)
    open_bucket = _opener(location.scheme)
    return open_bucket(location.bucket, conn_id or DEFAULT_CONN_IDS[location.scheme])


def _opener(scheme: str) -> "Callable[[str, str], Bucket]":
    """Return what opens a bucket of a cloud by its name and a connection; loads no other cloud's libraries."""
    if scheme == "gs":
        from encord_provider.hooks.google import open_gcs

        return open_gcs
    if scheme == "az":
        from encord_provider.hooks.microsoft_azure import open_azure

        return open_azure
    from encord_provider.hooks.amazon import open_s3

    return open_s3

"""Whose certificates a connection trusts."""

from pathlib import Path
from typing import TYPE_CHECKING

from encord_provider.errors import BadConnection

if TYPE_CHECKING:
    from obstore.store import ClientConfig


def trusted(verify: bool | str | None, conn_id: str) -> "ClientConfig":  # noqa: FBT001 - as boto3 and requests take it
    """Return how a client of obstore checks certificates.

    Args:
        verify: False: not at all; a path: by the authorities in this PEM file, too; else as the machine does.
        conn_id: The connection that says so.

    Raises:
        BadConnection: The file cannot be read.

    """
    if verify is False:
        return {"allow_invalid_certificates": True}
    if not isinstance(verify, str):
        return {}
    try:
        return {"root_certificate": Path(verify).read_bytes()}
    except OSError as error:
        raise BadConnection(
            conn_id, f"the certificates in {verify} cannot be read: {error.strerror}"
        ) from None

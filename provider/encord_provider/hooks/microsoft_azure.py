"""A connection of type ``wasb`` becomes a container."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from airflow.providers.common.compat.sdk import AirflowNotFoundException

from encord_provider.errors import BadConnection, MissingExtra
from encord_provider.hooks.certificates import trusted

if TYPE_CHECKING:
    from azure.storage.blob import BlobServiceClient

    from encord_provider.buckets.azure import Account
    from encord_provider.buckets.bucket import Bucket


def open_azure(container: str, conn_id: str) -> "Bucket":
    """Open a container as `WasbHook` would: connection string, key, SAS, service principal, machine's identity.

    Raises:
        BadConnection: There is no such connection, or it holds something wrong.
        MissingExtra: The Azure provider is not installed.

    """
    try:
        from airflow.providers.microsoft.azure.hooks.wasb import WasbHook
    except ImportError as error:
        raise MissingExtra("microsoft-azure", "reading az://") from error
    from azure.core.exceptions import AzureError

    from encord_provider.buckets.azure import azure_container

    hook = WasbHook(wasb_conn_id=conn_id)
    try:
        verify = hook.get_connection(conn_id).extra_dejson.get("connection_verify")
        client = hook.get_conn()
    except AirflowNotFoundException:
        raise BadConnection(conn_id, "there is no such connection") from None
    except (AzureError, ValueError, TypeError) as error:
        raise BadConnection(conn_id, f"no client can be made of it ({type(error).__name__})") from None
    return azure_container(
        container, _account(client), conn_id=conn_id, client_options=trusted(verify, conn_id)
    )


def _account(client: "BlobServiceClient") -> "Account":
    """Return the account that the hook's client is for, and what the client found in the connection."""
    from encord_provider.buckets.azure import Account

    host = urlsplit(f"//{client.primary_hostname}").hostname or ""
    credential = client.credential
    return Account(
        url=f"{client.scheme}://{client.primary_hostname}",
        name=client.account_name or host.partition(".")[0],
        key=getattr(credential, "account_key", None),
        # a signature is the credential itself, or was in the address
        sas=(getattr(credential, "signature", None) or urlsplit(client.url).query).lstrip("?") or None,
        identity=credential if hasattr(credential, "get_token") else None,
    )

"""Azure Blob Storage, with the credentials of an Airflow connection."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from azure.core.credentials import TokenCredential
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    ServiceRequestError,
    ServiceResponseError,
)
from obstore.exceptions import BaseError
from obstore.store import AzureStore

from encord_provider.buckets.bucket import Bucket
from encord_provider.errors import BadConnection, BucketUnavailable, EncordProviderError
from encord_provider.manifest.urls import azure_url

if TYPE_CHECKING:
    from obstore.store import AzureBearerToken, AzureConfig, ClientConfig

SCOPE = "https://storage.azure.com/.default"
"""What a token for any storage account is asked for (learn.microsoft.com, Authorize with Microsoft Entra ID)."""

_NO_ANSWER = (ServiceRequestError, ServiceResponseError)
"""What azure-identity makes an error of authentication of, too."""


@dataclass(frozen=True)
class Account:
    """A storage account, and one of the ways into it; none is anonymous."""

    url: str
    """``https://<account>.blob.core.windows.net``, or where an emulator has the account."""

    name: str
    key: str | None = field(default=None, repr=False)
    sas: str | None = field(default=None, repr=False)
    """A shared access signature, percent-encoded, without a leading question mark."""

    identity: TokenCredential | None = field(default=None, repr=False)


class AzureTokens:
    """Bearer tokens of any credential of azure-identity, which keeps and renews them."""

    def __init__(self, identity: TokenCredential, container: str, conn_id: str) -> None:
        self._identity = identity
        self._container = container
        self._conn_id = conn_id
        self.fault: EncordProviderError | None = None
        """What went wrong at the last call, if anything did."""

    def __call__(self) -> "AzureBearerToken":
        """Return a token that is good for a while."""
        self.fault = None
        try:
            token = self._identity.get_token(SCOPE)
        except AzureError as error:
            said = str(error.message).partition("\n")[0]
            if isinstance(error, ClientAuthenticationError) and not isinstance(error.__cause__, _NO_ANSWER):
                self.fault = BadConnection(self._conn_id, f"Microsoft gives no token: {said}")
            else:
                self.fault = BucketUnavailable(self._container, f"no token from Microsoft: {said}")
            raise
        return {"token": token.token, "expires_at": datetime.fromtimestamp(token.expires_on, UTC)}


def azure_container(
    container: str, account: Account, *, conn_id: str, client_options: "ClientConfig | None" = None
) -> Bucket:
    """Open a container.

    Args:
        container: Its name; ``$root`` is the one at the root of the account.
        account: Where it is, and who asks.
        conn_id: The Airflow connection, for messages.
        client_options: Certificates.

    Raises:
        BadConnection: A key or a signature that cannot be one.

    """
    name = f"az://{container}"
    tokens = AzureTokens(account.identity, name, conn_id) if account.identity else None
    try:
        store = AzureStore(
            container,
            config=_config(account),
            client_options={
                "allow_http": urlsplit(account.url).scheme == "http",
                **(client_options or {}),
            },
            credential_provider=tokens,
        )
    except (BaseError, ValueError):
        raise BadConnection(conn_id, "an account key or signature that Azure would not have given") from None
    return Bucket(name, store, lambda key: azure_url(account.url, container, key), conn_id)


def _config(account: Account) -> "AzureConfig":
    signed = account.key or account.sas or account.identity
    config: AzureConfig = {
        "account_name": account.name,
        "endpoint": account.url,
        "skip_signature": not signed,
        "use_emulator": False,
    }
    if account.key:
        config["account_key"] = account.key
    elif account.sas:
        config["sas_key"] = account.sas
    return config

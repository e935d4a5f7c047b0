"""The obstore client of one bucket, with the credentials of an integration.

Only the synchronous side of obstore is used: its asynchronous side can abort the interpreter at exit.

"""

from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from obstore.store import AzureStore, GCSStore, S3Store

from encord_provider.sandbox.cloud.address import Address, azure_endpoint
from encord_provider.sandbox.cloud.integration import Integration

if TYPE_CHECKING:
    from obstore.store import AzureConfig, ClientConfig, GCSConfig, RetryConfig, S3Config, S3Credential

Store = S3Store | GCSStore | AzureStore

_CLIENT: "ClientConfig" = {
    "allow_http": True,  # emulators and servers on the loopback
    "connect_timeout": timedelta(seconds=5),
    "timeout": timedelta(minutes=5),
}
_RETRY: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}
_OPEN_BUCKETS = 256  # connection pools kept; few sandboxes ever see more buckets


def store_of(integration: Integration, address: Address) -> Store:
    """Return the client for the bucket of *address*, the same one each time."""
    return _connect(integration, address.bucket, address.region)


@lru_cache(maxsize=_OPEN_BUCKETS)
def _connect(integration: Integration, bucket: str, region: str | None) -> Store:
    match integration.kind:
        case "gcs":
            return GCSStore(bucket, config=_google(integration), client_options=_CLIENT, retry_config=_RETRY)
        case "azure":
            return AzureStore(bucket, config=_azure(integration), client_options=_CLIENT, retry_config=_RETRY)
        case _:
            return S3Store(
                bucket,
                config=_s3(integration, region or integration.region),
                client_options=_CLIENT,
                retry_config=_RETRY,
                credential_provider=_s3_credentials(integration),
            )


# What a configuration leaves out, obstore takes from the environment of the process. Where to go and whether to
# sign are therefore always said, and the S3 keys provided: an integration must not borrow someone else's.


def _s3(integration: Integration, region: str) -> "S3Config":
    return {
        "aws_endpoint_url_s3": integration.endpoint or f"https://s3.{region}.amazonaws.com",
        "region": region,
        "skip_signature": integration.anonymous or integration.secret_access_key is None,
        "virtual_hosted_style_request": False,
    }


def _s3_credentials(integration: Integration) -> "Callable[[], S3Credential]":
    secret = integration.secret_access_key
    credentials: S3Credential = {
        "access_key_id": integration.access_key_id or "",
        "secret_access_key": secret.get_secret_value() if secret else "",
        "token": None,
        "expires_at": None,
    }
    return lambda: credentials


def _google(integration: Integration) -> "GCSConfig":
    config: GCSConfig = {"skip_signature": integration.anonymous or integration.service_account is None}
    if integration.endpoint:
        config["base_url"] = integration.endpoint
    if integration.service_account and not integration.anonymous:
        config["service_account_key"] = integration.service_account.get_secret_value()
    return config


def _azure(integration: Integration) -> "AzureConfig":
    secret = integration.account_key or integration.sas_token
    config: AzureConfig = {
        "account_name": integration.account_name or "",
        "endpoint": azure_endpoint(integration),
        "skip_signature": integration.anonymous or secret is None,
    }
    if integration.account_key:
        config["account_key"] = integration.account_key.get_secret_value()
    elif integration.sas_token:
        config["sas_key"] = integration.sas_token.get_secret_value().removeprefix("?")
    return config

"""Google Cloud Storage, with the credentials of an Airflow connection."""

from datetime import UTC
from typing import TYPE_CHECKING

from google.auth.credentials import AnonymousCredentials, Credentials
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import Request
from obstore.store import GCSStore

from encord_provider.buckets.bucket import Bucket
from encord_provider.errors import BadConnection, BucketUnavailable, EncordProviderError
from encord_provider.manifest.urls import gcs_url

if TYPE_CHECKING:
    from obstore.store import GCSConfig, GCSCredential

ENDPOINT = "https://storage.googleapis.com"
"""Where Google's own storage is."""


class GoogleTokens:
    """Bearer tokens of any credentials of google-auth, renewed before they end."""

    def __init__(self, credentials: Credentials, bucket: str, conn_id: str) -> None:
        self._credentials = credentials
        self._bucket = bucket
        self._conn_id = conn_id
        self.fault: EncordProviderError | None = None
        """What went wrong at the last call, if anything did."""

    def __call__(self) -> "GCSCredential":
        """Return a token that is good for a while."""
        self.fault = None
        try:
            if not self._credentials.valid:
                self._credentials.refresh(Request())  # type: ignore[no-untyped-call]  # google-auth types some calls
        except GoogleAuthError as error:
            said = str(error.args[0] if error.args else type(error).__name__).partition("\n")[0]
            if isinstance(error, TransportError) or error.retryable:
                self.fault = BucketUnavailable(self._bucket, f"no token from Google: {said}")
            else:
                self.fault = BadConnection(self._conn_id, f"Google gives no token: {said}")
            raise
        expiry = self._credentials.expiry
        return {
            "token": self._credentials.token or "",
            "expires_at": expiry.replace(tzinfo=UTC) if expiry else None,  # google-auth leaves its UTC unsaid
        }


def gcs_bucket(bucket: str, credentials: Credentials, *, endpoint: str = ENDPOINT, conn_id: str) -> Bucket:
    """Open a bucket of Google Cloud Storage.

    Args:
        bucket: Its name.
        credentials: Of google-auth; those of nobody sign nothing.
        endpoint: Another than Google's: an emulator.
        conn_id: The Airflow connection, for messages.

    """
    name = f"gs://{bucket}"
    anonymous = isinstance(credentials, AnonymousCredentials)
    config: GCSConfig = {"base_url": endpoint.rstrip("/"), "skip_signature": anonymous}
    store = GCSStore(
        bucket,
        config=config,
        client_options={"allow_http": endpoint.startswith("http://")},
        credential_provider=_nobody if anonymous else GoogleTokens(credentials, name, conn_id),
    )
    return Bucket(name, store, lambda key: gcs_url(bucket, key), conn_id)


def _nobody() -> "GCSCredential":
    """Return an empty token: obstore looks for one when it writes, even where it should sign nothing."""
    return {"token": "", "expires_at": None}

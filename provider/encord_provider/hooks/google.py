"""A connection of type ``google_cloud_platform`` becomes a bucket."""

import os
from typing import TYPE_CHECKING

from airflow.providers.common.compat.sdk import AirflowException, AirflowNotFoundException

from encord_provider.errors import BadConnection, BucketUnavailable, MissingExtra

if TYPE_CHECKING:
    from encord_provider.buckets.bucket import Bucket

EMULATOR = "STORAGE_EMULATOR_HOST"
"""Environment variable by which all of Google's clients find an emulator."""


def open_gcs(bucket: str, conn_id: str) -> "Bucket":
    """Open a bucket with whatever credentials `GCSHook` would use: key file or JSON, impersonation, ADC, nobody's.

    Raises:
        BadConnection: There is no such connection, or its credentials cannot be ones.
        BucketUnavailable: Some credentials must be asked for, and nobody answers.
        MissingExtra: The Google provider is not installed.

    """
    try:
        from airflow.providers.google.common.hooks.base_google import GoogleBaseHook
    except ImportError as error:
        raise MissingExtra("google", "reading gs://") from error
    from google.auth.exceptions import GoogleAuthError, TransportError

    from encord_provider.buckets.gcs import ENDPOINT, gcs_bucket

    try:
        credentials = GoogleBaseHook(gcp_conn_id=conn_id).get_credentials()
    except AirflowNotFoundException:
        raise BadConnection(conn_id, "there is no such connection") from None
    except TransportError as error:
        raise BucketUnavailable(f"gs://{bucket}", f"no answer from Google: {type(error).__name__}") from None
    except KeyError as error:
        raise BadConnection(conn_id, f"its key has no field {error}") from None
    except (AirflowException, GoogleAuthError, ValueError, OSError) as error:
        # what is said of a key that cannot be parsed names its fields and never its content
        said = str(error.args[0] if error.args else type(error).__name__).partition("\n")[0]
        raise BadConnection(conn_id, said) from None
    emulator = os.environ.get(EMULATOR, "")
    if emulator and "://" not in emulator:
        emulator = f"http://{emulator}"
    return gcs_bucket(bucket, credentials, endpoint=emulator or ENDPOINT, conn_id=conn_id)

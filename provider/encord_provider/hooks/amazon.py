"""A connection of type ``aws`` becomes a bucket."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from encord_provider.errors import BadConnection, MissingExtra
from encord_provider.hooks.certificates import trusted

if TYPE_CHECKING:
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook
    from obstore.store import ClientConfig

    from encord_provider.buckets.bucket import Bucket


def open_s3(bucket: str, conn_id: str) -> "Bucket":
    """Open an S3 bucket as `S3Hook` would: its keys, role, profile, endpoint, proxy and certificates.

    Raises:
        BadConnection: No credentials, neither in the connection nor on this machine.
        NotFound: There is no such bucket; only said here when its region must be asked for.
        MissingExtra: The Amazon provider is not installed.

    """
    try:
        from airflow.providers.amazon.aws.hooks.s3 import S3Hook
    except ImportError as error:
        raise MissingExtra("amazon", "reading s3://") from error
    from botocore import UNSIGNED  # type: ignore[import-untyped]  # it ships none

    from encord_provider.buckets.s3 import bucket_region, is_aws, region_in, s3_bucket

    hook = S3Hook(aws_conn_id=conn_id)
    session = hook.get_session()
    anonymous = hook.config.signature_version is UNSIGNED
    if not anonymous and session.get_credentials() is None:
        raise BadConnection(conn_id, "no AWS credentials, neither in the connection nor on this machine")
    client = hook.get_conn()
    endpoint = client.meta.endpoint_url  # the connection's, the environment's or AWS's own
    region = hook.region_name or region_in(hook.conn_config.get_service_endpoint_url("s3") or "")
    if region is None and is_aws(endpoint):
        region = bucket_region(client, bucket)  # it is part of the URL that Encord knows an object by
    return s3_bucket(
        bucket,
        session,
        region=region,
        endpoint=endpoint,
        conn_id=conn_id,
        anonymous=anonymous,
        client_options=_client_options(hook, endpoint, conn_id),
    )


def _client_options(hook: "S3Hook", endpoint: str, conn_id: str) -> "ClientConfig":
    options = trusted(hook.verify, conn_id)
    proxy = (hook.config.proxies or {}).get(urlsplit(endpoint).scheme)
    if proxy:
        options["proxy_url"] = proxy
    return options

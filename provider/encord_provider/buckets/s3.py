"""S3 and stores that speak its protocol, with the credentials of an Airflow connection."""

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.exceptions import (  # type: ignore[import-untyped]  # it ships none
    BotoCoreError,
    ClientError,
)
from obstore.auth.boto3 import Boto3CredentialProvider
from obstore.store import S3Store

from encord_provider.buckets.bucket import Bucket
from encord_provider.errors import BucketUnavailable, NotFound
from encord_provider.manifest.urls import is_otc, s3_url

if TYPE_CHECKING:
    from boto3 import Session  # type: ignore[import-untyped]  # nor does this
    from obstore.store import ClientConfig, S3Config

DEFAULT_REGION = "us-east-1"
"""What S3 takes a request to be for when it names no region."""

_DIRECTORY_BUCKET = "--x-s3"
"""How the names of directory buckets end, which are listed in no order (docs.aws.amazon.com, ListObjectsV2)."""

_AWS_HOST = re.compile(r".*\.amazonaws\.com(\.cn)?")
_AWS_PUBLIC_HOST = re.compile(r"s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?")
_AWS_REGIONAL_HOST = re.compile(r"(?:.*\.)?s3[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d)\..*")
_OTC_REGION = re.compile(r"obs\.([a-z0-9-]+)\..*")


def is_aws(endpoint: str) -> bool:
    """Tell whether *endpoint* is one of AWS's own: public, dual-stack or in a VPC."""
    return _AWS_HOST.fullmatch(_host(endpoint)) is not None


def region_in(endpoint: str) -> str | None:
    """Return the region that an endpoint names, where its provider puts it there."""
    pattern = _AWS_REGIONAL_HOST if is_aws(endpoint) else _OTC_REGION if is_otc(endpoint) else None
    named = pattern.fullmatch(_host(endpoint)) if pattern else None
    return named[1] if named else None


def bucket_region(client: Any, bucket: str) -> str:  # noqa: ANN401 - boto3 makes the classes of its clients at run time
    """Ask S3 where *bucket* is; it says so even to those who may not read it.

    Raises:
        NotFound: There is no such bucket.
        BucketUnavailable: The store does not answer.

    """
    try:
        answer = client.head_bucket(Bucket=bucket)["ResponseMetadata"]
    except ClientError as error:
        answer = error.response["ResponseMetadata"]
    except BotoCoreError as error:
        raise BucketUnavailable(f"s3://{bucket}", type(error).__name__) from None
    if answer["HTTPStatusCode"] == 404:  # noqa: PLR2004 - Not Found
        raise NotFound("bucket", f"s3://{bucket}")
    return answer["HTTPHeaders"].get("x-amz-bucket-region") or DEFAULT_REGION


def s3_bucket(
    bucket: str,
    session: "Session",
    *,
    region: str | None,
    endpoint: str | None,
    conn_id: str = "aws_default",
    anonymous: bool = False,
    client_options: "ClientConfig | None" = None,
) -> Bucket:
    """Open an S3 bucket; roles, profiles and session tokens of *session* work and are renewed.

    Args:
        bucket: Its name.
        session: Whose credentials.
        region: Where the bucket is; by default what *endpoint*, then *session* names.
        endpoint: Where S3 is spoken, without the bucket; by default AWS.
        conn_id: The Airflow connection, for messages.
        anonymous: Sign nothing.
        client_options: Proxy and certificates.

    """
    region = region or region_in(endpoint or "") or session.region_name or DEFAULT_REGION
    own = endpoint if endpoint and not is_aws(endpoint) else None  # what the URLs of objects spell
    asked, virtual = _addressed(bucket, s3_url(bucket, "", region=region, endpoint=own))
    if endpoint and is_aws(endpoint) and not _AWS_PUBLIC_HOST.fullmatch(_host(endpoint)):
        asked, virtual = endpoint, False
    config: S3Config = {
        "aws_endpoint_url_s3": asked,
        "virtual_hosted_style_request": virtual,
        "skip_signature": anonymous,
    }
    store = S3Store(
        bucket,
        config=config,
        region=region,
        credential_provider=None if anonymous else Boto3CredentialProvider(session),
        client_options={
            "allow_http": asked.startswith("http://"),
            **(client_options or {}),
        },
    )
    return Bucket(
        f"s3://{bucket}",
        store,
        lambda key: s3_url(bucket, key, region=region, endpoint=own),
        conn_id,
        ordered=not bucket.endswith(_DIRECTORY_BUCKET),
    )


def _host(endpoint: str) -> str:
    return urlsplit(endpoint).hostname or ""


def _addressed(bucket: str, url: str) -> tuple[str, bool]:
    """Return where to ask for a bucket whose URL is *url*, and whether that is in the virtual-hosted style."""
    root = url.rstrip("/")
    return root.removesuffix(f"/{bucket}"), not root.endswith(f"/{bucket}")

"""What a store answers, in this package's words: answers that AWS documents, and that local servers do not give."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import boto3  # type: ignore[import-untyped]  # it ships none
import pytest

from encord_provider.buckets.bucket import Bucket
from encord_provider.buckets.s3 import s3_bucket
from encord_provider.errors import BadConnection, BucketUnavailable, EncordProviderError, NotFound

ELSEWHERE = "is in another region"


@contextmanager
def answering(status: int, code: str) -> Iterator[str]:
    """Answer every request the same for the length of a block; yield the address."""
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>said</Message></Error>".encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
            """Say nothing: a test that fails says what it saw."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("status", "code", "fault", "said"),
    [
        (400, "ExpiredToken", BadConnection, "refused its credentials (400 ExpiredToken)"),
        (400, "InvalidToken", BadConnection, "refused its credentials (400 InvalidToken)"),
        (400, "AuthorizationHeaderMalformed", BadConnection, ELSEWHERE),
        (301, "PermanentRedirect", BadConnection, ELSEWHERE),
        (403, "AccessDenied", BadConnection, "refused its credentials (403 AccessDenied)"),
        (403, "RequestTimeTooSkewed", BadConnection, "refused its credentials (403 RequestTimeTooSkewed)"),
        (400, "InvalidRequest", BucketUnavailable, "400 Bad Request"),
        (404, "NoSuchBucket", NotFound, "no bucket 's3://fleet'"),
    ],
)
@pytest.mark.parametrize("ask", [lambda b: list(b.pages()), lambda b: b.read("a.mp4")], ids=["list", "read"])
def test_an_answer_is_told_by_what_must_be_done_about_it(
    status: int,
    code: str,
    fault: type[EncordProviderError],
    said: str,
    ask: Callable[[Bucket], object],
) -> None:
    session = boto3.Session("AKIDEXAMPLE", "a-secret")

    with answering(status, code) as endpoint:
        bucket = s3_bucket("fleet", session, region="eu-west-1", endpoint=endpoint, conn_id="fleet_aws")
        with pytest.raises(fault) as caught:
            ask(bucket)

    assert said in str(caught.value)
    if isinstance(caught.value, BadConnection):
        assert caught.value.conn_id == "fleet_aws"


def test_an_object_that_is_absent_is_not_a_bucket_that_is_absent() -> None:
    session = boto3.Session("AKIDEXAMPLE", "a-secret")

    with answering(404, "NoSuchKey") as endpoint:
        bucket = s3_bucket("fleet", session, region="eu-west-1", endpoint=endpoint)
        with pytest.raises(NotFound, match=r"no object 's3://fleet/a\.mp4'"):
            bucket.read("a.mp4")


def test_no_fault_has_what_obstore_said_for_a_cause_since_that_may_be_signed() -> None:
    session = boto3.Session("AKIDEXAMPLE", "a-secret")
    bucket = s3_bucket("fleet", session, region="eu-west-1", endpoint="http://127.0.0.1:9")

    with pytest.raises(BucketUnavailable) as caught:
        bucket.read("a.mp4")

    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__

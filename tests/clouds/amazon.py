"""What AWS says of its buckets to everybody: where they are."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

from demo.ports import LOOPBACK


@contextmanager
def running_aws(regions: Mapping[str, str], *, forbidden: bool = False) -> Iterator[str]:
    """Answer HeadBucket for buckets in *regions* for the length of a block; yield the address, which may be a proxy's.

    Args:
        regions: Bucket to region; others do not exist.
        forbidden: Let nobody in, and tell the region all the same, as S3 does.

    """

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            asked = urlsplit(self.path)
            host = asked.hostname or self.headers["Host"].partition(":")[0]
            named = host.partition(".s3.")[0] if ".s3." in host else asked.path.strip("/")
            if named not in regions:
                self.send_response(HTTPStatus.NOT_FOUND)
            else:
                self.send_response(HTTPStatus.FORBIDDEN if forbidden else HTTPStatus.OK)
                if regions[named]:
                    self.send_header("x-amz-bucket-region", regions[named])
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
            """Say nothing: a test that fails says what it saw."""

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

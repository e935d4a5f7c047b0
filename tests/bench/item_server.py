"""An Encord that has items without metadata, takes patches and keeps none: ``python -m tests.bench.item_server``."""

import json
import sys
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from tests.bench.server_process import running

NOW = "2026-01-01T00:00:00Z"

FOLDER: dict[str, Any] = {
    "uuid": str(UUID(int=1)),
    "parent": None,
    "name": "fleet",
    "description": "",
    "clientMetadata": None,
    "owner": "owner@example.com",
    "createdAt": NOW,
    "lastEditedAt": NOW,
    "userRole": "admin",
    "syncedDatasetHash": None,
    "pathToRoot": [],
}

NULLS = [
    "integrationHash",
    "url",
    "signedUrl",
    "fileSize",
    "mimeType",
    "duration",
    "fps",
    "height",
    "width",
    "dicomInstanceUid",
    "dicomStudyUid",
    "dicomSeriesUid",
    "frameCount",
    "audioSampleRate",
    "audioBitDepth",
    "audioCodec",
    "audioNumChannels",
]


def item(uuid: str) -> dict[str, Any]:
    """Return an image as the API has it."""
    return {
        **dict.fromkeys(NULLS),
        "uuid": uuid,
        "parent": FOLDER["uuid"],
        "itemType": "image",
        "name": f"{uuid}.png",
        "clientMetadata": "{}",
        "owner": FOLDER["owner"],
        "createdAt": NOW,
        "lastEditedAt": NOW,
        "backedDataUnitsCount": 1,
        "storageLocation": "s3",
    }


class _Handler(BaseHTTPRequestHandler):
    count: ClassVar[int]
    schema: ClassVar[dict[str, Any]] = {}

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        begin = int(parse_qs(address.query).get("pageToken", ["0"])[0])
        if address.path.endswith("client-metadata-schema-v2"):
            self._answer(self.schema)
        elif address.path.endswith("/items"):
            end = min(begin + 1000, self.count)
            items = [item(str(UUID(int=number))) for number in range(begin, end)]
            self._answer({"results": items, "nextPageToken": str(end) if end < self.count else None})
        elif "/items/" in address.path:
            self._answer(item(address.path.rpartition("/")[2]))
        else:
            self._answer({"results": [FOLDER], "nextPageToken": None})

    def do_POST(self) -> None:
        body = self._body()
        if self.path.endswith("client-metadata-schema-v2"):
            type(self).schema = body
            self._answer({})
        else:
            self._answer({"results": [item(uuid) for uuid in body["itemUuids"]], "nextPageToken": None})

    def do_PATCH(self) -> None:
        self._answer({"results": [item(uuid) for uuid in self._body()["itemPatches"]], "nextPageToken": None})

    def _body(self) -> Any:  # noqa: ANN401 - any JSON
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, answer: object) -> None:
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def running_item_server(count: int) -> AbstractContextManager[str]:
    """Serve *count* items from a process of its own for the length of a block; yield its address."""
    return running("tests.bench.item_server", str(count))


def main() -> None:
    """Serve until it is ended; the first line printed is the port."""
    _Handler.count = int(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()

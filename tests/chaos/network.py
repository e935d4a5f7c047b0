"""Every request of the SDK, on its way to the sandbox and back."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from encord_provider.sandbox.faults import Faults
from tests.chaos.processes import reach

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@contextmanager
def watched(faults: Faults, witness: Callable[[requests.PreparedRequest], None]) -> Iterator[None]:
    """Stop each process before a request is sent and after its answer has come, for a block.

    *witness* sees every request that is sent.
    """
    send = HTTPAdapter.send

    def stopping(
        adapter: HTTPAdapter, request: requests.PreparedRequest, **options: Any
    ) -> requests.Response:
        name = _name(request)
        trouble = reach(f"{name}: to be sent")
        witness(request)
        if trouble:
            faults.add(trouble.effect, times=trouble.times, status=trouble.status)  # type: ignore[arg-type]
        try:
            response = send(adapter, request, **options)
        finally:
            faults.clear()
        reach(f"{name}: answered")
        return response

    HTTPAdapter.send = stopping  # type: ignore[assignment,method-assign]  # every SDK request goes through it
    try:
        yield
    finally:
        HTTPAdapter.send = send  # type: ignore[method-assign]


def _name(request: requests.PreparedRequest) -> str:
    """Return method and path without what differs between two seeds; the legacy API has its verb in the body."""
    path = _UUID.sub("*", urlsplit(str(request.url)).path).removeprefix("/v2/public/")
    if path.startswith("/public"):
        asked = json.loads(request.body or b"{}")  # type: ignore[arg-type]  # the SDK sends bytes
        return f"{asked.get('query_method')} {asked.get('query_type')}"
    return f"{request.method} {path}"

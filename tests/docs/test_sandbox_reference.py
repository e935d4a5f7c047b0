"""What the sandbox's guide lists: options, configuration, trouble, requests."""

import inspect
import json
from typing import get_args

import httpx
import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

from encord_provider.sandbox import __main__ as command
from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.cloud.integration import IntegrationKind
from encord_provider.sandbox.configuration import Configuration
from encord_provider.sandbox.faults import Effect, Fault
from encord_provider.sandbox.routes import admin
from encord_provider.sandbox.testing import RunningSandbox, running_sandbox
from tests.docs.pages import Page, code, first_code

GUIDE = "guides/sandbox"

FOR_CLIENTS = ("/_sandbox/uploads/", "/_sandbox/client-metadata/")
"""Where signed URLs of the sandbox lead: clients follow them, nobody types them."""


def test_every_option_of_the_command_is_listed() -> None:
    source = inspect.getsource(command)

    options = first_code(Page.read(GUIDE).table())
    assert options == [word for word in ("--port", "--state", "--config") if f'"{word}"' in source]
    assert source.count("add_argument(") == len(options)


@pytest.mark.parametrize(("table", "model"), [(0, Configuration), (1, Integration)])
def test_every_key_of_the_configuration_is_listed(table: int, model: type[BaseModel]) -> None:
    assert first_code(Page.read(GUIDE).under("Configuration").table(table)) == list(model.model_fields)


def test_every_kind_of_integration_is_listed() -> None:
    rows = Page.read(GUIDE).under("Configuration").table(1)
    (kinds,) = (code(row[1]) for row in rows if row[0] == "`kind`")

    assert kinds == list(get_args(IntegrationKind))


def test_the_configuration_shown_is_one() -> None:
    shown = Page.read(GUIDE).blocks("json")[0].code

    assert Configuration.model_validate_json(shown).integrations[0].title == "fleet-s3"


def test_every_member_of_a_running_sandbox_is_listed() -> None:
    listed = [name.partition("(")[0] for name in first_code(Page.read(GUIDE).under("In a test").table())]

    with running_sandbox() as sandbox:
        assert set(listed) == {name for name in dir(sandbox) if not name.startswith("_")}


def test_every_effect_is_listed_with_its_settings() -> None:
    trouble = Page.read(GUIDE).under("Trouble on request")

    assert first_code(trouble.table()) == list(get_args(Effect))
    assert set(code(trouble.text)) >= Fault.model_fields.keys() - {"effect"}


def test_every_request_is_listed_and_its_body_is_taken() -> None:
    rows = Page.read(GUIDE).under("Trouble on request").table(1)
    listed = {(code(row[0])[0], code(row[1])[0] if "`" in row[1] else None) for row in rows}

    there = {
        f"{method} {route.path}"
        for route in admin.router.routes
        if isinstance(route, APIRoute) and not route.path.startswith(FOR_CLIENTS)
        for method in route.methods
    }
    assert {request for request, _ in listed} == there
    with running_sandbox() as sandbox:
        for request, body in listed:
            assert _send(sandbox, request, body).is_success, request


def _send(sandbox: RunningSandbox, request: str, body: str | None) -> httpx.Response:
    method, path = request.split()
    if path.endswith("/integrations"):
        body = Integration(title="fleet-s3", kind="direct").model_dump_json(exclude_none=True)
    return httpx.request(method, sandbox.url + path, json=json.loads(body) if body else None)

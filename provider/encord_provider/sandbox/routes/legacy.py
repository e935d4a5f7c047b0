"""``/public``: the legacy API, one path for every question.

A request names what it asks for in ``query_type`` and ``query_method``; the answer stands in an envelope.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from encord_provider.sandbox.errors import InvalidError, RequestRefusedError
from encord_provider.sandbox.routes import dataset_jobs, dataset_rows
from encord_provider.sandbox.routes.answer import CurrentUser, CurrentWorld, answer
from encord_provider.sandbox.routes.legacy_query import LegacyQuery

router = APIRouter()

_ANSWERS: dict[tuple[str, str], Callable[[LegacyQuery], Any]] = {
    ("dataset", "GET"): dataset_rows.get_dataset,
    ("datarows", "GET"): dataset_rows.list_rows,
    ("datarow", "GET"): dataset_rows.get_row,
    ("datarow", "POST"): dataset_rows.change_row,
    ("datasetlinkitems", "POST"): dataset_rows.link_items,
    ("video", "DELETE"): dataset_rows.delete_rows,
    ("video", "POST"): dataset_rows.rename_rows,
    ("datasetusers", "POST"): dataset_rows.add_users,
    ("datasetdatalongpolling", "POST"): dataset_jobs.start_job,
    ("datasetdatalongpolling", "GET"): dataset_jobs.job_state,
}


class Values(BaseModel):
    """What the question is about."""

    uid: str | int | list[str] | None = None
    payload: Any = None


class Question(BaseModel):
    """Body of every request."""

    query_type: str
    query_method: Literal["GET", "POST", "PUT", "DELETE"]
    values: Values


@router.post("/public")
@router.post("/public/user")
async def ask(request: Request, world: CurrentWorld, user: CurrentUser) -> Response:
    """Answer one question."""
    try:
        question = Question.model_validate_json(await request.body())
    except ValidationError as error:
        return refuse(InvalidError(f"The request cannot be read: {error.errors(include_input=False)}"))
    found = _ANSWERS.get((question.query_type, question.query_method))
    if found is None:
        return _envelope(HTTPStatus.METHOD_NOT_ALLOWED, ["METHOD_NOT_ALLOWED_ERROR"])
    query = LegacyQuery(
        world=world,
        user=user,
        base_url=str(request.base_url),
        resource_id=request.headers.get("ResourceID", ""),
        uid=question.values.uid,
        payload=question.values.payload,
    )
    try:
        if found is dataset_jobs.job_state:
            await dataset_jobs.wait_for_job(query)
        return _envelope(HTTPStatus.OK, await run_in_threadpool(found, query))
    except RequestRefusedError as refused:
        return refuse(refused)


def refuse(refused: RequestRefusedError) -> Response:
    """Return an error in the legacy envelope."""
    return _envelope(refused.status, [refused.legacy_code], refused.message)


def _envelope(status: HTTPStatus, response: object, payload: object = None) -> Response:
    content = {"status": status, "response": response}
    return answer(content if payload is None else content | {"payload": payload}, status=status)

"""Request bodies, read from the very bytes that were signed."""

from typing import Annotated, TypeVar

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, TypeAdapter, ValidationError

Model = TypeVar("Model", bound=BaseModel)
Value = TypeVar("Value")


async def _body(request: Request) -> bytes:
    return await request.body()


Body = Annotated[bytes, Depends(_body)]
"""The bytes of a request's body: a manifest may have 100 MB, so it is parsed in the route's thread, not before."""


def read(model: type[Model], body: bytes) -> Model:
    """Parse *body* as *model*.

    Raises:
        RequestValidationError: It is not; the answer is FastAPI's 422, as Encord's is.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise RequestValidationError(
            error.errors(include_url=False, include_context=False, include_input=False)
        ) from error


def read_value(adapter: TypeAdapter[Value], body: bytes) -> Value:
    """Parse *body* as what *adapter* describes.

    Raises:
        RequestValidationError: It is not.
    """
    try:
        return adapter.validate_json(body)
    except ValidationError as error:
        raise RequestValidationError(
            error.errors(include_url=False, include_context=False, include_input=False)
        ) from error

"""The organisation's metadata schema: which type each key of custom metadata has.

Rules of types and keys after encord 0.1.211, ``metadata_schema.py``.
"""

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError
from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from encord_provider.sandbox.errors import InvalidError
from encord_provider.sandbox.limits import Limits
from encord_provider.sandbox.tables import settings

_NAME = "metadata_schema"
_HINTS = {"string": "varchar", "long_string": "text"}


class _Type(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Variant(_Type):
    """A scalar, whose hint says which."""

    ty: Literal["variant"]
    hint: Literal["number", "varchar", "text", "boolean", "datetime", "uuid", "string", "long_string"] = (
        "text"
    )


class Number(_Type):
    """A number, in the form that only Encord itself writes; so are the next six."""

    ty: Literal["number"]
    format: Literal["F64", "F32"] = "F64"


class Boolean(_Type):
    """A truth value."""

    ty: Literal["boolean"]


class VarChar(_Type):
    """Short text."""

    ty: Literal["varchar"]
    max_length: int = Field(default=8192, ge=0, le=8192)


class DateTime(_Type):
    """A moment."""

    ty: Literal["datetime"]
    timezone: Literal["UTC"] = "UTC"


class Text(_Type):
    """Long text."""

    ty: Literal["text"]


class Uuid(_Type):
    """A UUID."""

    ty: Literal["uuid"]


class User(_Type):
    """A user of the organisation."""

    ty: Literal["user"]


class Options(_Type):
    """One of some options."""

    ty: Literal["enum"]
    values: list[str] = Field(min_length=1)


class Embedding(_Type):
    """A vector of fixed length."""

    ty: Literal["embedding"]
    size: int = Field(gt=0)
    api: dict[str, Any] | None = None


class Geospatial(_Type):
    """A place on Earth."""

    ty: Literal["geospatial"]


Live = Annotated[
    Variant | Number | Boolean | VarChar | DateTime | Text | Uuid | User | Options | Embedding | Geospatial,
    Field(discriminator="ty"),
]


class Tombstone(_Type):
    """A deleted key: softly, with the type to restore, or for ever."""

    ty: Literal["tombstone"]
    deleted_ty: Live | None = None


class Schema(RootModel[dict[str, Annotated[Live | Tombstone, Field(discriminator="ty")]]]):
    """All keys."""


def read(connection: Connection) -> dict[str, Any] | None:
    """Return the schema as it was last saved; None before the first time."""
    text = connection.scalar(select(settings.c.value).where(settings.c.name == _NAME))
    return None if text is None else dict(json.loads(text))


def replace(connection: Connection, body: bytes, limits: Limits) -> None:
    """Put a whole new schema in place of the old one: the last writer wins.

    Raises:
        InvalidError: It is none, or would bring back what is deleted for ever or change what cannot change.
    """
    try:
        new = Schema.model_validate_json(body).root
    except ValidationError as error:
        raise InvalidError(f"Invalid metadata schema: {_sentence(error)}") from error
    old = Schema.model_validate(read(connection) or {}).root
    for key, kind in new.items():
        _check_key(key)
        _check_size(key, kind, limits)
        if key in old:
            _check_change(key, old[key], kind)
    shown = {key: _as_saved(kind) for key, kind in new.items()}
    statement = insert(settings).values(name=_NAME, value=json.dumps(shown, ensure_ascii=False))
    saved = {"value": statement.excluded.value}
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=saved))


def _sentence(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in faults)


def _as_saved(kind: _Type) -> dict[str, Any]:
    saved = kind.model_dump(mode="json")
    if saved["ty"] == "variant":
        saved["hint"] = _HINTS.get(saved["hint"], saved["hint"])
    return saved


def _check_key(key: str) -> None:
    letters = key.translate(str.maketrans("", "", "-_ ."))
    if key.startswith("$") or not letters.isalnum() or letters == "keyframes":
        raise InvalidError(f"{key!r} is not a valid metadata key.")


def _check_size(key: str, kind: _Type, limits: Limits) -> None:
    if isinstance(kind, Options) and len(kind.values) > limits.enum_values:
        raise InvalidError(f"{key!r} has more than {limits.enum_values} options.")
    if isinstance(kind, Embedding) and kind.size > limits.embedding_size:
        raise InvalidError(f"{key!r} is longer than {limits.embedding_size}.")


def _check_change(key: str, old: _Type, new: _Type) -> None:
    if isinstance(old, Tombstone):
        if old.deleted_ty is None and not isinstance(new, Tombstone):
            raise InvalidError(f"{key!r} was hard deleted and cannot be used again.")
        if old.deleted_ty is None:
            return
        old = old.deleted_ty
    if isinstance(new, Tombstone):
        return
    if type(old) is not type(new):
        raise InvalidError(f"The type of {key!r} cannot be changed.")
    if isinstance(old, Embedding) and isinstance(new, Embedding) and old.size != new.size:
        raise InvalidError(f"The size of {key!r} cannot be changed.")
    if isinstance(old, Options) and isinstance(new, Options) and not set(old.values) <= set(new.values):
        raise InvalidError(f"Options of {key!r} can be added, not removed.")

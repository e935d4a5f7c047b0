"""The first version of the metadata schema's API, which knows one word for each type.

Source: encord 0.1.211, ``orm/client_metadata_schema.py``; deprecated there since 0.1.132.
"""

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection

from encord_provider.sandbox import schema
from encord_provider.sandbox.errors import InvalidError
from encord_provider.sandbox.limits import Limits

_WORDS: dict[str, dict[str, Any]] = {
    "number": {"ty": "variant", "hint": "number"},
    "string": {"ty": "variant", "hint": "varchar"},
    "boolean": {"ty": "variant", "hint": "boolean"},
    "datetime": {"ty": "variant", "hint": "datetime"},
    "long_string": {"ty": "variant", "hint": "text"},
    "geospatial": {"ty": "geospatial"},
}
"""What can be written; an enum or an embedding needs more than a word, so those can only be read."""

_MAP: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])


def read(connection: Connection, now: str) -> dict[str, Any] | None:
    """Return the schema as this version shows it; keys without a word for their type are left out."""
    saved = schema.read(connection)
    if saved is None:
        return None
    words = {key: _word(kind) for key, kind in saved.items()}
    return {
        "uuid": str(uuid5(NAMESPACE_URL, "encord-sandbox:metadata-schema")),
        "metadataSchema": {key: word for key, word in words.items() if word is not None},
        "organisationId": 1,
        "createdAt": now,
        "updatedAt": now,
    }


def replace(connection: Connection, body: bytes, limits: Limits) -> None:
    """Put a whole new schema in place of the old one.

    Raises:
        InvalidError: A type has no word here, or the schema itself refuses the change.
    """
    try:
        words = _MAP.validate_json(body)
    except ValidationError as error:
        raise InvalidError("The metadata schema must map keys to types.") from error
    old, new = schema.read(connection) or {}, {}
    for key, word in words.items():
        kept = old.get(key)
        if kept is not None and _word(kept) == word:
            new[key] = kept
        elif word in _WORDS:
            new[key] = _WORDS[word]
        else:
            raise InvalidError(f"{key!r} cannot be of type {word!r}.")
    schema.replace(connection, json.dumps(new).encode(), limits)


def _word(kind: dict[str, Any]) -> str | None:
    if kind["ty"] in ("enum", "embedding", "geospatial"):
        return str(kind["ty"])
    hint = kind.get("hint", kind["ty"])
    return next((word for word, written in _WORDS.items() if written.get("hint") == hint), None)

"""Custom metadata as PostgreSQL's jsonb keeps it, for that is where Encord stores it."""

import json

from encord_provider.sandbox.errors import InvalidError

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


def as_jsonb(value: dict[str, Json], largest: int | None = None) -> str:
    """Return the text that a jsonb column would give back for *value*.

    Keys come out by length and then by bytes, as PostgreSQL sorts them; duplicates were already folded (last one wins)
    when the request was parsed.

    Args:
        value: A JSON object.
        largest: Bytes that it may have.

    Raises:
        InvalidError: It is too large, holds a number that is none, or a string with U+0000, which jsonb cannot store.
    """
    try:
        text = json.dumps(_sorted(value), ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        raise InvalidError(f"Custom metadata is not valid JSON: {error}") from error
    if largest is not None and len(text.encode()) > largest:
        raise InvalidError(f"The custom metadata is larger than {largest} bytes.")
    if r"\u0000" in text and _has_nul(value):
        raise InvalidError(r"unsupported Unicode escape sequence: \u0000 cannot be converted to text.")
    return text


def parse_jsonb(text: str) -> str:
    """Return the jsonb form of an object that arrives as JSON text.

    Raises:
        InvalidError: The text is not a JSON object.
    """
    try:
        value = json.loads(text)
    except ValueError as error:
        raise InvalidError(f"Custom metadata is not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise InvalidError("Custom metadata must be a JSON object")
    return as_jsonb(value)


def _sorted(value: Json) -> Json:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        return {key: _sorted(value[key]) for key in keys}
    if isinstance(value, list):
        return [_sorted(entry) for entry in value]
    return value


def _has_nul(value: Json) -> bool:
    if isinstance(value, dict):
        return any("\0" in key or _has_nul(entry) for key, entry in value.items())
    if isinstance(value, list):
        return any(_has_nul(entry) for entry in value)
    return isinstance(value, str) and "\0" in value

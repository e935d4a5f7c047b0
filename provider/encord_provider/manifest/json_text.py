"""JSON text by the encoder of Python's own library, made once: `json.JSONEncoder` makes its compiled half at each call.

Faster encoders write NaN as null, and spell numbers in ways of their own: the digest of a manifest would depend on
what is installed.
"""

import json
from collections.abc import Callable
from typing import Any, Final

quote: Final[Callable[[str], str]] = json.encoder.encode_basestring
"""Text to JSON text, in quotes."""


def sorting_encoder(comma: str, colon: str) -> Callable[[Any], str]:
    """Return what writes JSON with sorted keys; it raises `ValueError` or `TypeError` on what JSON cannot say."""
    encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(comma, colon))
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:  # a Python without it
        return encoder.encode
    compiled = make(None, encoder.default, quote, None, colon, comma, True, False, False)
    return lambda value: "".join(compiled(value, 0))


def bytes_of(text: str) -> int:
    """Return how many bytes *text* has in UTF-8."""
    return len(text) if text.isascii() else len(text.encode())

"""The bytes of a manifest: one unit a line, so that two manifests can be compared by eye and read as a stream."""

import json
from typing import Final

from encord_provider.manifest.external import entry_of
from encord_provider.manifest.json_text import bytes_of, quote, sorting_encoder
from encord_provider.manifest.kinds import GROUPED, Kind
from encord_provider.manifest.units import Unit

encode: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
"""Value to JSON text; raises on what JSON cannot say, above all NaN, which faster encoders write as null."""

SEPARATOR: Final = ",\n"

_PLAIN: Final = frozenset(Kind) - GROUPED - {Kind.SCENE}
"""Kinds of one object."""

FRAME_BYTES: Final = 512
"""Bytes of a manifest that hold no unit: braces, flags and the keys of all kinds; in truth some 300."""


_encode_sorted: Final = sorting_encoder(",", ":")


def text_of(unit: Unit) -> str:
    """Render one unit in the documented JSON: its title, its URL and, if there is any, its custom metadata.

    Most units have no more, and are put together here without a dictionary: that halves the time of writing.
    """
    if unit.files or unit.settings is not None or unit.kind not in _PLAIN:
        return encode(entry_of(unit))
    (url,) = unit.urls
    text = f'{{"title":{quote(unit.title)},"objectUrl":{quote(url)}'
    if unit.client_metadata:
        return f'{text},"clientMetadata":{_encode_sorted(dict(unit.client_metadata))}}}'
    return f"{text}}}"


def entry_bytes(unit: Unit) -> int:
    """Return the bytes that *unit* takes up in a manifest, its comma and line break included."""
    return bytes_of(text_of(unit)) + len(SEPARATOR)

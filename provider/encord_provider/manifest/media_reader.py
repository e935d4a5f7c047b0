"""Media metadata as a manifest has it, under any of its spellings."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from encord_provider.manifest.media_faults import problems_of
from encord_provider.manifest.media_metadata import DicomMetadata, MediaMetadata, camel

_ALSO: Final = {"duration": ("duration_seconds", "durationSeconds")}
"""Further spellings of a field (docs.encord.com, "Register cloud data", for sounds)."""


def read_media(form: type[MediaMetadata], given: object) -> tuple[MediaMetadata | None, list[str]]:
    """Return the media metadata in *given*, or None, and what is wrong with it."""
    if not isinstance(given, Mapping):
        return None, [f"{given!r} is not an object"]
    if form is DicomMetadata:
        tags = given.get("tags")
        if not isinstance(tags, Mapping):
            return None, ["no object under the key tags"]
        media: MediaMetadata = DicomMetadata(tags)
        return media, list(problems_of(media))
    values: dict[str, Any] = {}
    left = set(given)
    for field in fields(form):
        for spelling in (field.name, camel(field.name), *_ALSO.get(field.name, ())):
            left.discard(spelling)
            if field.name not in values and given.get(spelling) is not None:
                values[field.name] = _as(field.type, given[spelling])
    missing = [field.name for field in fields(form) if field.name not in values]
    problems = [f"{name} is missing" for name in missing] + [
        f"no such key: {name!r}" for name in sorted(left)
    ]
    if missing:
        return None, problems
    media = form(**values)
    return media, problems + list(problems_of(media))


def _as(form: object, value: Any) -> Any:  # noqa: ANN401 - what a manifest holds
    """Return a whole number for one that is written with a point, and leave the rest to be judged."""
    if form is int and isinstance(value, float) and value.is_integer():
        return int(value)
    return value

"""What is wrong with supplied media metadata: Encord would trust it without checking."""

import math
from collections.abc import Iterator
from dataclasses import fields
from typing import Any, Final

from encord_provider.manifest.media_metadata import DICOM_TAGS, METADATA_FORMS, DicomMetadata, MediaMetadata
from encord_provider.manifest.units import Unit

_NOTHING_ALLOWED: Final = frozenset({"file_size", "duration", "bit_depth"})
"""Fields that may be 0: an empty file, a still, and a compressed sound, which has no bit depth."""


def file_problems(unit: Unit) -> Iterator[str]:
    """Yield what is wrong with what is known of a unit's files."""
    if not unit.files:
        return
    if len(unit.files) != len(unit.urls):
        yield f"{len(unit.files)} files are described, and there are {len(unit.urls)} URLs"
    key, form = METADATA_FORMS.get(unit.kind, ("media metadata", None))
    for number, file in enumerate(unit.files):
        if file.media is None:
            continue
        place = key if len(unit.files) == 1 else f"{key} of file {number}"
        if form is None or not isinstance(file.media, form):
            yield f"{place} is {type(file.media).__name__}, which a unit of kind {unit.kind} does not have"
        else:
            yield from (f"{place}: {problem}" for problem in problems_of(file.media))


def problems_of(media: MediaMetadata) -> Iterator[str]:
    """Yield what is wrong with the values themselves."""
    if isinstance(media, DicomMetadata):
        missing = sorted(DICOM_TAGS - set(media.tags))
        if missing:
            yield f"required tags are missing: {', '.join(missing)}"
        return
    for field in fields(media):
        yield from _field_problems(field.name, field.type, getattr(media, field.name))


def _field_problems(name: str, form: object, value: Any) -> Iterator[str]:  # noqa: ANN401 - what a manifest holds
    if form is str:
        if not isinstance(value, str) or not value:
            yield f"{name} is {value!r}, not a text"
        return
    whole = form is int
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        yield f"{name} is {value!r}, not a {'whole ' if whole else ''}number"
    elif not math.isfinite(value) or value < 0 or (value == 0 and name not in _NOTHING_ALLOWED):
        yield f"{name} is {value}, not a number above 0"

"""Both dialects of an upload job's manifest, read into units.

``externalFiles`` is what people write, ``dataItems`` what the SDK's typed classes write. Their keys differ in case and
in how a group lists its frames; each form is understood under either name, for Encord's own pages mix them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from encord_provider.sandbox.client_metadata import as_jsonb
from encord_provider.sandbox.errors import InvalidError
from encord_provider.sandbox.kinds import WORDS, Kind
from encord_provider.sandbox.limits import Limits
from encord_provider.sandbox.media_metadata import METADATA_KEYS
from encord_provider.sandbox.units import Part, Unit

_NUMBERED_URL = re.compile(r"object_?url_(\d+)", re.IGNORECASE)
_KIND_OF_KEY = {key: kind for kind, words in WORDS.items() for key in words.manifest_keys}
_FLAGS = {"skip_duplicate_urls": "skipDuplicateUrls", "upsert_metadata": "upsertMetadata"}
_SHOWN_FAULTS = 20


@dataclass(frozen=True)
class Manifest:
    """What an upload job is asked to do."""

    units: list[Unit]
    skip_duplicate_urls: bool
    upsert_metadata: bool


class _FaultError(Exception):
    """One thing wrong with one entry."""


def read_manifest(manifest: dict[str, Any], limits: Limits) -> Manifest:
    """Read a manifest of either dialect.

    Raises:
        InvalidError: It is not a manifest, or over a limit; the message names every fault, up to a number.
    """
    units: list[Unit] = []
    faults: list[str] = []
    for place, kind, entry in _entries(manifest, faults):
        try:
            units.append(_unit(kind, entry))
        except _FaultError as fault:
            faults.append(f"{place}: {fault}")
        except InvalidError as fault:
            faults.append(f"{place}: {fault.message}")
    faults += _over_limits(units, limits)
    if faults:
        raise InvalidError("Invalid upload manifest: " + "; ".join(faults[:_SHOWN_FAULTS]))
    flags = {name: bool(manifest.get(name, manifest.get(camel, False))) for name, camel in _FLAGS.items()}
    return Manifest(units, **flags)


def _entries(manifest: dict[str, Any], faults: list[str]) -> Iterator[tuple[str, Kind, dict[str, Any]]]:
    for key, value in manifest.items():
        kind = _KIND_OF_KEY.get(key)
        if kind is None:
            if isinstance(value, list):
                faults.append(f"{key}: not a kind of data that Encord registers")
        elif not isinstance(value, list):
            faults.append(f"{key}: must be a list")
        else:
            for position, entry in enumerate(value):
                if isinstance(entry, dict):
                    yield f"{key}[{position}]", kind, entry
                else:
                    faults.append(f"{key}[{position}]: must be an object")


def _unit(kind: Kind, entry: dict[str, Any]) -> Unit:
    declared = _get(entry, "externalFileType", "external_file_type")
    if declared not in (None, kind):
        raise _FaultError(f"externalFileType is {declared!r}, expected {kind!r}")
    return Unit(
        kind=kind,
        parts=_parts(kind, entry),
        title=_title(entry),
        client_metadata=_client_metadata(entry),
        create_video=_create_video(kind, entry),
        image_items=_image_items(entry) if kind is Kind.IMG_GROUP_FROM_ITEMS else (),
        scene=_object(entry, "scene") if kind is Kind.SCENE else None,
        settings=_object(entry, "settings") if kind is Kind.TIMESERIES else None,
    )


def _parts(kind: Kind, entry: dict[str, Any]) -> tuple[Part, ...]:
    match kind:
        case Kind.IMG_GROUP_FROM_ITEMS:
            return ()
        case Kind.SCENE:
            return tuple(Part(url) for url in _scene_urls(_object(entry, "scene") or {}))
        case Kind.IMG_GROUP:
            parts = tuple(_frames(kind, entry, "images"))
        case Kind.DICOM:
            parts = tuple(_frames(kind, entry, "dicomFiles", "dicom_files"))
        case _:
            return (_part(kind, entry, _get(entry, "objectUrl", "object_url"), None),)
    if not parts:
        raise _FaultError("has no object URL")
    return parts


def _frames(kind: Kind, entry: dict[str, Any], *list_keys: str) -> Iterator[Part]:
    listed = _get(entry, *list_keys)
    if isinstance(listed, list):
        for frame in listed:
            if not isinstance(frame, dict):
                raise _FaultError(f"{list_keys[0]} must hold objects")
            yield _part(kind, frame, _get(frame, "url", "objectUrl", "object_url"), _title(frame))
        return
    numbered = {
        int(found[1]): value for key, value in entry.items() if (found := _NUMBERED_URL.fullmatch(key))
    }
    for number in sorted(numbered):
        yield _part(kind, {}, numbered[number], None)


def _part(kind: Kind, entry: dict[str, Any], url: object, title: str | None) -> Part:
    if not isinstance(url, str) or not url:
        raise _FaultError("objectUrl is required")
    placeholder = _get(entry, "placeholderItemUuid", "placeholder_item_uuid")
    return Part(
        url, title, _media(kind, entry), _uuid("placeholderItemUuid", placeholder) if placeholder else None
    )


def _media(kind: Kind, entry: dict[str, Any]) -> dict[str, Any] | None:
    if kind not in METADATA_KEYS:
        return None
    camel, snake, model = METADATA_KEYS[kind]
    given = _get(entry, camel, snake)
    if given is None:
        return None
    try:
        return model.model_validate(given).model_dump()
    except ValidationError as error:
        found = [f"{'.'.join(map(str, fault['loc']))} {fault['msg']}".strip() for fault in error.errors()]
        raise _FaultError(f"{camel}: {', '.join(found)}") from error


def _scene_urls(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, entry in value.items():
            if key in ("uri", "url") and isinstance(entry, str):
                yield entry
            else:
                yield from _scene_urls(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _scene_urls(entry)


def _title(entry: dict[str, Any]) -> str | None:
    title = entry.get("title")
    if title is not None and not isinstance(title, str):
        raise _FaultError("title must be a string")
    return title or None


def _client_metadata(entry: dict[str, Any]) -> str | None:
    given = _get(entry, "clientMetadata", "client_metadata")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise _FaultError("clientMetadata must be an object")
    return as_jsonb(given)


def _create_video(kind: Kind, entry: dict[str, Any]) -> bool:
    """Tell a sequence from a group; the documents put the key on every kind, where it means nothing."""
    if kind not in (Kind.IMG_GROUP, Kind.IMG_GROUP_FROM_ITEMS):
        return False
    given = _get(entry, "createVideo", "create_video")
    if given is not None and not isinstance(given, bool):
        raise _FaultError("createVideo must be true or false")
    return bool(given)


def _image_items(entry: dict[str, Any]) -> tuple[str, ...]:
    given = _get(entry, "imageItems", "image_items")
    if not isinstance(given, list) or not given:
        raise _FaultError("imageItems is required")
    return tuple(_uuid("imageItems", item) for item in given)


def _object(entry: dict[str, Any], key: str) -> dict[str, Any] | None:
    value = entry.get(key)
    if value is None and key != "scene":
        return None
    if not isinstance(value, dict):
        raise _FaultError(f"{key} must be an object")
    return value


def _get(entry: dict[str, Any], *keys: str) -> Any:  # noqa: ANN401 - what a client sent may be anything
    return next((entry[key] for key in keys if entry.get(key) is not None), None)


def _uuid(key: str, value: object) -> str:
    try:
        return str(UUID(str(value)))
    except ValueError as error:
        raise _FaultError(f"{key}: {value!r} is not a UUID") from error


def _over_limits(units: list[Unit], limits: Limits) -> Iterator[str]:
    urls = sum(len(unit.parts) for unit in units)
    if len(units) > limits.manifest_items:
        yield f"{len(units)} items are over the limit of {limits.manifest_items}"
    if urls > limits.manifest_urls:
        yield f"{urls} object URLs are over the limit of {limits.manifest_urls}"
    for unit in units:
        for part in unit.parts:
            if len(part.url) * 4 > limits.url_bytes and len(part.url.encode()) > limits.url_bytes:
                yield f"the object URL {part.url[:80]}... is over the limit of {limits.url_bytes} bytes"

"""Units as the SDK's typed form has them (encord 0.1.211, ``DataUploadItems``); its keys are certain for every kind."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from encord_provider.manifest.external import in_order
from encord_provider.manifest.kinds import GROUPED, IMAGE_GROUPS, Kind
from encord_provider.manifest.media_metadata import METADATA_FORMS, typed
from encord_provider.manifest.units import File, Unit

FROM_ITEMS: Final = "imageGroupsFromItems"

KEYS: Final[dict[Kind, str]] = {
    Kind.VIDEO: "videos",
    Kind.AUDIO: "audio",
    Kind.IMAGE: "images",
    Kind.IMAGE_GROUP: "imageGroups",
    Kind.IMAGE_SEQUENCE: "imageGroups",
    Kind.DICOM_SERIES: "dicomSeries",
    Kind.PDF: "pdf",
    Kind.TEXT: "text",
    Kind.NIFTI: "nifti",
    Kind.TIME_SERIES: "timeSeries",
    Kind.SCENE: "scenes",
}
"""The key under which a kind stands."""

TYPES: Final[dict[Kind, str]] = {
    Kind.VIDEO: "VIDEO",
    Kind.AUDIO: "AUDIO",
    Kind.IMAGE: "IMAGE",
    Kind.IMAGE_GROUP: "IMG_GROUP",
    Kind.IMAGE_SEQUENCE: "IMG_GROUP",
    Kind.DICOM_SERIES: "DICOM",
    Kind.PDF: "PDF",
    Kind.TEXT: "PLAIN_TEXT",
    Kind.NIFTI: "NIFTI",
    Kind.TIME_SERIES: "TIMESERIES",
    Kind.SCENE: "SCENE",
}
"""``externalFileType`` of a kind."""

FROM_ITEMS_TYPE: Final = "IMG_GROUP_FROM_ITEMS"


def key_of(unit: Unit) -> str:
    """Return the top-level key under which a unit stands."""
    return FROM_ITEMS if unit.items else KEYS[unit.kind]


def typed_entry_of(unit: Unit) -> dict[str, Any]:
    """Render one unit in the typed form."""
    entry: dict[str, Any] = {"title": unit.title, "clientMetadata": in_order(dict(unit.client_metadata))}
    if unit.items:
        entry |= {"imageItems": list(unit.items), "externalFileType": FROM_ITEMS_TYPE}
        if unit.video_url_prefix is not None:
            entry["videoUrlPrefix"] = unit.video_url_prefix
    else:
        entry |= {"externalFileType": TYPES[unit.kind], **_body(unit)}
    if unit.kind in IMAGE_GROUPS:
        entry["createVideo"] = unit.kind is Kind.IMAGE_SEQUENCE
    return entry


def typed_document(
    units: Iterable[Unit], *, skip_duplicate_urls: bool, upsert_metadata: bool
) -> dict[str, Any]:
    """Render a whole manifest in the typed form, every list of it, empty or not, as the SDK does."""
    lists: dict[str, list[dict[str, Any]]] = {key: [] for key in (*KEYS.values(), FROM_ITEMS)}
    for unit in units:
        lists[key_of(unit)].append(typed_entry_of(unit))
    return {**lists, "skipDuplicateUrls": skip_duplicate_urls, "upsertMetadata": upsert_metadata}


def _body(unit: Unit) -> dict[str, Any]:
    files = unit.files or (File(),) * len(unit.urls)
    if unit.kind in GROUPED:
        key = "dicomFiles" if unit.kind is Kind.DICOM_SERIES else "images"
        return {key: [dict(_file(unit, url, file)) for url, file in zip(unit.urls, files, strict=True)]}
    if unit.kind is Kind.SCENE:
        return {"scene": in_order(dict(unit.scene or {}))}
    (url,), (file,) = unit.urls, files
    body = {"objectUrl": url, **dict(_facts(unit, file))}
    return body if unit.settings is None else body | {"settings": in_order(dict(unit.settings))}


def _file(unit: Unit, url: str, file: File) -> Iterator[tuple[str, Any]]:
    yield "url", url
    if file.title is not None or unit.kind is Kind.DICOM_SERIES:
        yield "title", file.title  # the SDK demands the key of a DICOM file, and takes null for it
    yield from _facts(unit, file)


def _facts(unit: Unit, file: File) -> Iterator[tuple[str, Any]]:
    if file.media is not None:
        yield METADATA_FORMS[unit.kind][0], typed(file.media)
    if file.placeholder is not None:
        yield "placeholderItemUuid", file.placeholder

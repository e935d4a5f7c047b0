"""Units as the documentation writes them: ``objectUrl``, numbered for the frames of a group."""

from typing import Any, Final

from encord_provider.manifest.kinds import GROUPED, IMAGE_GROUPS, Kind
from encord_provider.manifest.media_metadata import METADATA_FORMS, documented
from encord_provider.manifest.units import Unit

FROM_ITEMS: Final = "image_groups_from_items"

KEYS: Final[dict[Kind, str]] = {
    Kind.VIDEO: "videos",
    Kind.AUDIO: "audio",
    Kind.IMAGE: "images",
    Kind.IMAGE_GROUP: "image_groups",
    Kind.IMAGE_SEQUENCE: "image_groups",
    Kind.DICOM_SERIES: "dicom_series",
    Kind.PDF: "pdfs",
    Kind.TEXT: "text",
    Kind.NIFTI: "nifti",
    Kind.TIME_SERIES: "time_series",
    Kind.SCENE: "scenes",
}
"""The documented keys. Those of PDF, text, NIfTI and time series are not named in the documentation, nor is that
of groups from items, so submission never relies on them: it sends the SDK's typed form."""


def key_of(unit: Unit) -> str:
    """Return the top-level key under which a unit stands."""
    return FROM_ITEMS if unit.items else KEYS[unit.kind]


def entry_of(unit: Unit) -> dict[str, Any]:
    """Render one unit as the documentation shows it; the same unit gives the same keys in the same order.

    Always there are the title, which Encord's own default has changed under, and ``createVideo`` where it means
    anything, whose default has changed, too.
    """
    entry: dict[str, Any] = {"title": unit.title}
    if unit.items:
        entry["imageItems"] = list(unit.items)
        if unit.video_url_prefix is not None:
            entry["videoUrlPrefix"] = unit.video_url_prefix
    elif unit.kind in GROUPED:
        entry |= {f"objectUrl_{n}": url for n, url in enumerate(unit.urls)}
    elif unit.kind is Kind.SCENE:
        entry["scene"] = in_order(dict(unit.scene or {}))
    else:
        (entry["objectUrl"],) = unit.urls
    if unit.kind in IMAGE_GROUPS:
        entry["createVideo"] = unit.kind is Kind.IMAGE_SEQUENCE
    elif unit.media is not None and unit.kind is not Kind.DICOM_SERIES:
        entry[METADATA_FORMS[unit.kind][0]] = documented(unit.media)
    if unit.settings is not None:
        entry["settings"] = in_order(dict(unit.settings))
    if unit.client_metadata:
        entry["clientMetadata"] = in_order(dict(unit.client_metadata))
    return entry


def unsayable(unit: Unit) -> str | None:
    """Return what of *unit* the documented JSON has no place for, or None; the typed form has one."""
    grouped = unit.kind in GROUPED
    if any(file.placeholder for file in unit.files):
        return "the placeholder of a file"
    if any(file.title is not None for file in unit.files):
        return "the titles of its files"
    if grouped and any(file.media is not None for file in unit.files):
        return f"the {METADATA_FORMS[unit.kind][0]} of its files"
    return None


def in_order(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Sort the keys of a JSON value at all depths: Encord keeps no order, and equal values are to give equal bytes."""
    if isinstance(value, dict):
        return {key: in_order(value[key]) for key in sorted(value)}
    if isinstance(value, (list, tuple)):
        return [in_order(entry) if isinstance(entry, (dict, list, tuple)) else entry for entry in value]
    return value

"""The picture of an item: read through the integration that it was registered with, or a drawn stand-in."""

from sqlalchemy import Connection, RowMapping

from encord_provider.sandbox import integrations, items
from encord_provider.sandbox.cloud import ObjectUnreadable
from encord_provider.sandbox.errors import RequestRefusedError
from encord_provider.sandbox.inspection import collage, thumbnail
from encord_provider.sandbox.page.figures import item_type
from encord_provider.sandbox.page.html import Html, element
from encord_provider.sandbox.uploads import Uploads

_KINDS = {
    "video": "VIDEO",
    "image": "IMAGE",
    "audio": "AUDIO",
    "pdf": "PDF",
    "nifti": "NIFTI",
    "dicomFile": "DICOM",
}
"""What the bytes of an item are, by its type, where they are one object."""

_LARGEST_BYTES = 64_000_000  # a larger object is not read for a small picture
_FRAMES = 4  # of a group, side by side


def picture_of(connection: Connection, uploads: Uploads, uuid: str) -> bytes | None:
    """Return a JPEG of an item, of several frames for a group and of the middle one for a series; None without one.

    Raises:
        ForbiddenError: There is no such item.

    """
    item = items.get(connection, uuid)
    if item["item_type"] in _KINDS:
        return _single(connection, uploads, item)
    frames = items.children(connection, uuid)
    if item["item_type"] == "dicomSeries" and frames:
        return _single(connection, uploads, frames[len(frames) // 2])
    pictures = [_single(connection, uploads, frame) for frame in frames[:_FRAMES]]
    return collage([picture for picture in pictures if picture])


def stand_in(item: RowMapping) -> Html:
    """Return an SVG that names the type of an item without a picture."""
    text = element(
        "text", item_type(item["item_type"]), x="50%", y="50%", fill="#98a2b3", font_size="34", **_CENTRED
    )
    return element("svg", text, xmlns="http://www.w3.org/2000/svg", viewBox="0 0 480 300")


_CENTRED = {"text_anchor": "middle", "dominant_baseline": "middle", "font_family": "system-ui, sans-serif"}


def _single(connection: Connection, uploads: Uploads, item: RowMapping) -> bytes | None:
    if item["url"] is None or item["item_type"] not in _KINDS:
        return None
    try:
        integration = integrations.get(connection, item["integration_uuid"])
        if integration is not None and integration.strict_client_only:
            return None
        reader = uploads.open_object(integration, item["url"])
        return thumbnail(_KINDS[item["item_type"]], reader) if reader.size <= _LARGEST_BYTES else None
    except (ObjectUnreadable, RequestRefusedError):
        return None

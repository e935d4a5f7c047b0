"""An item to be: all that registration found out, before it is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

FACTS: dict[str, Any] = dict.fromkeys(
    (
        "file_size",
        "mime_type",
        "duration",
        "fps",
        "height",
        "width",
        "dicom_instance_uid",
        "dicom_study_uid",
        "dicom_series_uid",
        "frame_count",
        "audio_sample_rate",
        "audio_bit_depth",
        "audio_codec",
        "audio_num_channels",
        "num_pages",
    )
)
"""The columns of an item that say what its bytes are; none is known unless supplied or read."""


@dataclass(frozen=True)
class Draft:
    """One item, and the frames or files below it that come with it."""

    item_type: str
    name: str
    identity: str
    url: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    children: tuple["Draft", ...] = ()
    existing_children: tuple[str, ...] = ()
    """UUIDs of items that are there already."""

    details: str = "{}"
    """JSON of what only some types have: view settings, a scene."""

    e_tag: str | None = None
    """Version of the object, where a cloud-synced folder keeps track of it."""

    uuid: str = field(default_factory=lambda: str(uuid4()))


@dataclass(frozen=True)
class Refusal:
    """Why a unit does not become an item."""

    reason: str

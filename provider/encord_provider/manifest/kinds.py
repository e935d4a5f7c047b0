"""What a unit is, and how a file's name or content type tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What Encord registers as one storage item."""

    VIDEO = "video"
    AUDIO = "audio"
    IMAGE = "image"
    IMAGE_GROUP = "image_group"
    """Images annotated as one task; each keeps its own size."""
    IMAGE_SEQUENCE = "image_sequence"
    """Images that Encord turns into one video; needs write permission on the bucket."""
    DICOM_SERIES = "dicom_series"
    PDF = "pdf"
    TEXT = "text"
    NIFTI = "nifti"
    TIME_SERIES = "time_series"
    """Signals in a CSV file."""
    SCENE = "scene"
    """A point cloud, or several streams that belong together."""


GROUPED: Final = frozenset({Kind.IMAGE_GROUP, Kind.IMAGE_SEQUENCE, Kind.DICOM_SERIES})
"""Kinds whose units are made of several objects."""

IMAGE_GROUPS: Final = frozenset({Kind.IMAGE_GROUP, Kind.IMAGE_SEQUENCE})
"""Kinds that Encord lists under one key and tells apart by ``createVideo``."""

EXTENSIONS: Final[dict[str, Kind]] = {
    **dict.fromkeys((".mp4", ".mov", ".webm", ".mkv"), Kind.VIDEO),
    **dict.fromkeys((".mp3", ".wav", ".flac", ".m4a", ".ogg"), Kind.AUDIO),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".webp", ".avif", ".bmp", ".tif", ".tiff"), Kind.IMAGE),
    **dict.fromkeys((".dcm", ".dicom"), Kind.DICOM_SERIES),
    ".pdf": Kind.PDF,
    **dict.fromkeys((".txt", ".html", ".htm", ".json", ".xml", ".md", ".csv"), Kind.TEXT),
    **dict.fromkeys((".nii", ".nii.gz"), Kind.NIFTI),
}
"""File name endings that Encord supports (docs.encord.com, "Supported data"), lower case."""

CONTENT_TYPES: Final[dict[str, Kind]] = {
    "video/*": Kind.VIDEO,
    "audio/*": Kind.AUDIO,
    "image/*": Kind.IMAGE,
    "text/*": Kind.TEXT,
    "application/dicom": Kind.DICOM_SERIES,
    "application/json": Kind.TEXT,
    "application/pdf": Kind.PDF,
    "application/xml": Kind.TEXT,
}
"""Content types that tell a kind, lower case; ``*`` stands for any subtype, and an exact one goes first."""


@dataclass(frozen=True)
class KindTable:
    """Which endings and content types stand for which kind; extend the default with `extended`."""

    extensions: Mapping[str, Kind]
    """Endings with their dot, lower case; ``.nii.gz`` is one ending."""

    content_types: Mapping[str, Kind]
    """Content types without parameters, lower case; ``video/*`` stands for any video."""

    def extended(
        self, extensions: Mapping[str, Kind] | None = None, content_types: Mapping[str, Kind] | None = None
    ) -> "KindTable":
        """Return a table with more entries; they win over the present ones."""
        return KindTable(
            {**self.extensions, **_lowered(extensions)}, {**self.content_types, **_lowered(content_types)}
        )

    def kind_of(self, key: str, content_type: str | None = None) -> Kind | None:
        """Return the kind that a file's name stands for, or else its content type; None when neither tells.

        The name goes first: stores label what they cannot tell ``application/octet-stream``, or as the
        program that wrote it pleased.
        """
        stem, *suffixes = key.lower().rpartition("/")[2].split(".")
        for count in (2, 1) if stem else ():
            kind = self.extensions.get("." + ".".join(suffixes[-count:]))
            if kind:
                return kind
        if not content_type:
            return None
        essence = content_type.partition(";")[0].strip().lower()
        any_subtype = f"{essence.partition('/')[0]}/*"
        return self.content_types.get(essence) or self.content_types.get(any_subtype)


DEFAULT_KINDS: Final = KindTable(EXTENSIONS, CONTENT_TYPES)
"""What Encord supports."""


def kind_of(key: str, content_type: str | None = None) -> Kind | None:
    """Return the kind of a file by the default table, or None when Encord has none for it."""
    return DEFAULT_KINDS.kind_of(key, content_type)


def _lowered(entries: Mapping[str, Kind] | None) -> dict[str, Kind]:
    return {entry.lower(): kind for entry, kind in (entries or {}).items()}

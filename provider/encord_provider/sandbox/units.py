"""The units of an upload job: each becomes one item, or is refused with a reason."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import RowMapping

from encord_provider.sandbox.kinds import WORDS, Kind


@dataclass(frozen=True)
class Part:
    """One object of a unit."""

    url: str
    """As the client wrote it, byte for byte."""

    title: str | None = None
    media: dict[str, Any] | None = None
    """Supplied media metadata under the names of item columns; for a DICOM file its ``tags``."""

    placeholder: str | None = None
    """UUID that Encord handed out with an upload URL, for the item to take."""

    e_tag: str | None = None
    """Version of the object that a cloud-synced folder saw."""

    def content(self) -> dict[str, Any]:
        """Return the fields that are set; without the deep copy of ``asdict``, which long manifests would feel."""
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class Unit:
    """What a manifest says of one item."""

    kind: Kind
    parts: tuple[Part, ...]
    """In order: one object for a single file, a group's frames, a series' files."""

    title: str | None = None
    client_metadata: str | None = None
    """As jsonb; None where the manifest says nothing."""

    create_video: bool = False
    """Whether a group is to become an image sequence."""

    image_items: tuple[str, ...] = ()
    """UUIDs of the items that a group is made from."""

    scene: dict[str, Any] | None = None
    settings: dict[str, Any] | None = None
    """View settings of a time series."""

    replaces: str | None = None
    """UUID of the item whose object changed, in a cloud-synced folder."""

    @property
    def item_type(self) -> str:
        """``itemType`` of the item to be."""
        return "imageSequence" if self.create_video else WORDS[self.kind].item_type

    @property
    def urls(self) -> list[str]:
        """All object URLs, in order."""
        return [part.url for part in self.parts]

    @property
    def identity(self) -> str:
        """What makes a later unit a duplicate of this one: the exact text of its URLs.

        A single file is its URL. A group, series or scene is all its URLs in order, under its item type.
        """
        if self.kind in (Kind.IMG_GROUP, Kind.DICOM, Kind.SCENE):
            digest = hashlib.sha256("\n".join(self.urls).encode()).hexdigest()
            return f"{self.item_type} {digest}"
        return self.parts[0].url if self.parts else f"{self.item_type} of {' '.join(self.image_items)}"

    @property
    def reads(self) -> bool:
        """Whether its objects must be read: media metadata is not supplied for all of them."""
        return any(part.media is None for part in self.parts)

    @property
    def name(self) -> str:
        """The title, or Encord's default for one."""
        return self.title or (default_title(self.parts[0].url) if self.parts else "")

    def content(self) -> str:
        """Return as JSON what has no column of its own."""
        kept = {
            "parts": [part.content() for part in self.parts],
            "create_video": self.create_video,
            "image_items": self.image_items,
            "scene": self.scene,
            "settings": self.settings,
            "replaces": self.replaces,
        }
        return json.dumps({key: value for key, value in kept.items() if value}, ensure_ascii=False)

    @classmethod
    def of_row(cls, row: RowMapping) -> "Unit":
        """Return the unit that a row of the units table holds."""
        content = json.loads(row["content"])
        return cls(
            kind=Kind(row["kind"]),
            parts=tuple(Part(**part) for part in content.get("parts", ())),
            title=row["title"],
            client_metadata=row["client_metadata"],
            create_video=content.get("create_video", False),
            image_items=tuple(content.get("image_items", ())),
            scene=content.get("scene"),
            settings=content.get("settings"),
            replaces=content.get("replaces"),
        )


def default_title(url: str) -> str:
    """Return the title that Encord gives where a manifest has none: path and name, with the leading slash.

    Source: "Register Cloud Data": ``https://<bucket host>/path/to/my/bucket/video23.mp4`` becomes
    ``/path/to/my/bucket/video23.mp4``.
    """
    return _path(url) or url


def file_name(url: str) -> str:
    """Return the name of the file behind a URL."""
    name = _path(url).rsplit("/", 1)[-1]
    return name if _is_raw(url) else unquote(name)


def _path(url: str) -> str:
    if _is_raw(url):
        return "/" + url.split("://", 1)[1].partition("/")[2]
    return urlsplit(url).path


def _is_raw(url: str) -> bool:
    # in these forms the key stands as it is: "?", "#" and "%" are letters like any other
    return url.lower().startswith(("s3://", "gs://"))

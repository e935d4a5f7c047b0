"""What Encord registers as one storage item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.media_metadata import MediaMetadata
from encord_provider.manifest.objects import BucketObject


@dataclass(frozen=True)
class File:
    """What is known of one object of a unit beside its URL."""

    title: str | None = None
    """The name of a frame or slice; the typed form alone has a place for it."""

    media: MediaMetadata | None = None
    """What the file is; Encord then neither downloads nor checks it."""

    placeholder: str | None = None
    """UUID of an item that Encord has made for it; the typed form has it "for system use only"."""


@dataclass(slots=True, unsafe_hash=True)
class Unit:
    """One storage item to be, made of one object or of several in order.

    That nobody changes one is for the type checker to hold: freezing it would make each, of which there are millions,
    four times as slow to make.
    """

    kind: Final[Kind]
    title: Final[str]
    """The item's name in Encord, and the unit's name in the ledger."""

    urls: Final[tuple[str, ...]]
    """Where Encord reads the unit's objects, in frame or slice order; none for a group from items or a scene."""

    size: Final[int] = 0
    """Bytes of all its objects together; 0 when unknown."""

    client_metadata: Final[Mapping[str, Any]] = field(default_factory=dict, hash=False)
    """Custom metadata of the item."""

    files: Final[tuple[File, ...]] = ()
    """What is known of the object behind each URL, in the same order; empty when nothing is."""

    items: Final[tuple[str, ...]] = ()
    """UUIDs of the image items that a group or sequence is made from, in place of URLs."""

    scene: Final[Mapping[str, Any] | None] = field(default=None, hash=False)
    """The streams of a scene, or one self-contained file: ``{"url": ..., "format": "pcd"}``."""

    settings: Final[Mapping[str, Any] | None] = field(default=None, hash=False)
    """How the channels of a time series are drawn: ``{"channels": {<CSV header>: {...}}}``."""

    video_url_prefix: Final[str | None] = None
    """Where the video of a sequence from items is to be written."""

    @property
    def media(self) -> MediaMetadata | None:
        """What a unit of one object is, where that is known."""
        return self.files[0].media if len(self.files) == 1 else None


def unit_of(kind: Kind, title: str, objects: Sequence[BucketObject]) -> Unit:
    """Make a unit of *objects*, which are already in order; a scene is of one self-contained file."""
    size = sum(o.size for o in objects)
    if kind is Kind.SCENE:
        (obj,) = objects
        scene = {"url": obj.url, "format": obj.key.rpartition(".")[2].lower()}
        return Unit(kind, title, (), size, scene=scene)
    return Unit(kind, title, tuple(o.url for o in objects), size)

"""Every spelling under which a manifest may say a thing: pages, SDK and people differ in case and number."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from encord_provider.manifest import external, typed
from encord_provider.manifest.kinds import Kind

_OTHER_KEYS: Final[dict[str, Kind]] = {
    **dict.fromkeys(("video",), Kind.VIDEO),
    **dict.fromkeys(("image",), Kind.IMAGE),
    **dict.fromkeys(("audios",), Kind.AUDIO),
    **dict.fromkeys(("texts", "text_files", "textFiles", "plain_text", "plainText"), Kind.TEXT),
    **dict.fromkeys(("niftis",), Kind.NIFTI),
    **dict.fromkeys(("timeseries",), Kind.TIME_SERIES),
    **dict.fromkeys(("scene",), Kind.SCENE),
}

KINDS_BY_KEY: Final[dict[str, Kind]] = {
    **_OTHER_KEYS,
    **{key: kind for keys in (external.KEYS, typed.KEYS) for kind, key in reversed(keys.items())},
    external.FROM_ITEMS: Kind.IMAGE_GROUP,
    typed.FROM_ITEMS: Kind.IMAGE_GROUP,
}
"""Top-level key to the kind of its entries; a sequence is a group until ``createVideo`` says otherwise."""

FROM_ITEMS_KEYS: Final = frozenset({external.FROM_ITEMS, typed.FROM_ITEMS})
"""Keys whose entries are made from items that Encord has."""

FLAGS: Final[dict[str, str]] = {
    "skip_duplicate_urls": "skip_duplicate_urls",
    "skipDuplicateUrls": "skip_duplicate_urls",
    "upsert_metadata": "upsert_metadata",
    "upsertMetadata": "upsert_metadata",
}
"""Spelling of a flag to its name."""

ENTRY_KEYS: Final[dict[str, str]] = {
    "objectUrl": "url",
    "object_url": "url",
    "url": "url",
    "title": "title",
    "clientMetadata": "client_metadata",
    "client_metadata": "client_metadata",
    "createVideo": "create_video",
    "create_video": "create_video",
    "externalFileType": "external_file_type",
    "external_file_type": "external_file_type",
    "images": "frames",
    "dicomFiles": "frames",
    "dicom_files": "frames",
    "imageItems": "items",
    "image_items": "items",
    "videoUrlPrefix": "video_url_prefix",
    "video_url_prefix": "video_url_prefix",
    "scene": "scene",
    "settings": "settings",
    "placeholderItemUuid": "placeholder",
    "placeholder_item_uuid": "placeholder",
    **{
        spelling: "media"
        for noun in ("video", "image", "audio", "pdf", "text", "dicom")
        for spelling in (f"{noun}Metadata", f"{noun}_metadata")
    },
}
"""Spelling of an entry's key to what it means."""

DOCUMENTED_NAMES: Final = {meaning: spelling for spelling, meaning in reversed(ENTRY_KEYS.items())}
"""What a key of an entry means to how the documentation spells it."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the one of *known* that somebody who wrote *word* may have meant."""
    by_sound: dict[str, str] = {}
    for name in known:
        by_sound.setdefault(name.casefold().replace("_", ""), name)
    found = get_close_matches(word.casefold().replace("_", ""), by_sound, n=1, cutoff=0.8)
    return by_sound[found[0]] if found else None

"""The objects of an entry: one, or numbered ones, or a list of frames, with what is known of each."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from encord_provider.manifest.entries import Entry
from encord_provider.manifest.faults import Severity
from encord_provider.manifest.kinds import GROUPED, Kind
from encord_provider.manifest.media_metadata import METADATA_FORMS, MediaMetadata
from encord_provider.manifest.media_reader import read_media
from encord_provider.manifest.spellings import DOCUMENTED_NAMES, ENTRY_KEYS
from encord_provider.manifest.units import File

Member = tuple[str, File]

_UNKNOWN: Final = File()

_OF_FILE: Final = frozenset({"media", "placeholder"})
_OF_FRAME: Final = _OF_FILE | {"title"}
"""What may be known of a file; the title of a unit of one object is the unit's."""

_IN_FRAME: Final = _OF_FRAME | {"url"}


def read_members(entry: Entry) -> tuple[tuple[str, ...], tuple[File, ...]]:
    """Return the URLs of an entry in order, and what is known of the files; nothing when nothing is of any."""
    if entry.kind not in GROUPED:
        members: Collection[Member] = (_single(entry),)
    elif "frames" in entry.values:
        members = _listed(entry)
    else:
        members = _numbered(entry)
    files = tuple(file for _, file in members)
    return tuple(url for url, _ in members), files if any(file is not _UNKNOWN for file in files) else ()


def is_form_of(key: str, kind: Kind) -> bool:
    """Tell whether the media metadata of *kind* stand under *key*."""
    form = METADATA_FORMS.get(kind)
    return form is not None and key.lower().replace("_", "") == form[0].lower()


def _single(entry: Entry) -> Member:
    url = entry.values.get("url")
    if url is None and len(entry.numbered) == 1:
        entry.fault("key", "a numbered objectUrl in a unit of one object", "write objectUrl", Severity.MENDED)
        (url,) = entry.numbered.values()
    elif entry.numbered:
        entry.fault("key", "numbered object URLs in a unit of one object", "write objectUrl alone")
    return _url(entry, url, "objectUrl"), _file(entry, entry.values, "objectUrl", of_frame=False)


def _listed(entry: Entry) -> list[Member]:
    frames = entry.values["frames"]
    if entry.numbered or "url" in entry.values or not isinstance(frames, list):
        entry.fault("members", "the frames are no list, or stand in two forms", "give one list, or numbers")
        return []
    return [_frame(entry, number, frame) for number, frame in enumerate(frames)]


def _numbered(entry: Entry) -> list[Member]:
    urls = entry.numbered
    if "url" in entry.values:
        if urls.setdefault(0, entry.values["url"]) != entry.values["url"]:
            entry.fault("members", "an objectUrl beside objectUrl_0, and another", "keep one of them")
        entry.fault("key", "an objectUrl without number in a group", "write objectUrl_0", Severity.MENDED)
    if sorted(urls) != list(range(len(urls))):
        numbers = ", ".join(map(str, sorted(urls)[:20]))
        problem = f"the object URLs have the numbers {numbers}"
        entry.fault("numbering", problem, "number them 0, 1, 2 without a gap")
    return [(_url(entry, url, f"objectUrl_{number}"), _UNKNOWN) for number, url in sorted(urls.items())]


def _frame(entry: Entry, number: int, given: object) -> Member:
    if not isinstance(given, dict):
        entry.fault("entry", f"frame {number} is {given!r:.80}, not an object", 'write {"url": ...}')
        return "", _UNKNOWN
    what = f"the url of frame {number}"
    values: dict[str, Any] = {}
    for key, value in given.items():
        name = ENTRY_KEYS.get(key, "")
        if value is None and name:
            continue
        if name not in _IN_FRAME or (name == "media" and not is_form_of(key, entry.kind)):
            entry.fault("key", f"frame {number} has a key {key!r}, which frames do not have", "take it out")
        elif values.setdefault(name, value) != value:
            problem = f"frame {number}: {key} says again, and otherwise, what another key says"
            entry.fault("duplicate key", problem, "keep one")
    return _url(entry, values.get("url"), what), _file(entry, values, what, of_frame=True)


def _url(entry: Entry, url: object, what: str) -> str:
    if isinstance(url, str):
        return url
    problem = f"{what} is missing" if url is None else f"{what} is {url!r:.80}, not text"
    entry.fault("members" if url is None else "key type", problem, "give the whole URL")
    return ""


def _file(entry: Entry, values: Mapping[str, Any], what: str, *, of_frame: bool) -> File:
    """Return what is known of a file; only a frame has a title of its own."""
    if (_OF_FRAME if of_frame else _OF_FILE).isdisjoint(values):
        return _UNKNOWN
    texts = {}
    for name in ("title", "placeholder") if of_frame else ("placeholder",):
        value = values.get(name)
        if value is None or isinstance(value, str):
            texts[name] = value
        else:
            entry.fault(
                "key type", f"{DOCUMENTED_NAMES[name]} of {what} is {value!r:.80}, not text", "write text"
            )
    return File(media=_media(entry, values.get("media")), **texts)


def _media(entry: Entry, given: object) -> MediaMetadata | None:
    if given is None:
        return None
    key, form = METADATA_FORMS[entry.kind]
    media, problems = read_media(form, given)
    for problem in problems:
        remedy = "mend it, or leave it out: Encord then reads the file"
        entry.fault("media metadata", f"{key}: {problem}", remedy)
    return media

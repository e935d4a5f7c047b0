"""One entry of a manifest in JSON to a unit, in any dialect and with every fault of it at once."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from encord_provider.manifest import typed
from encord_provider.manifest.entries import Entry
from encord_provider.manifest.faults import Severity, faults_of
from encord_provider.manifest.kinds import GROUPED, IMAGE_GROUPS, Kind, kind_of
from encord_provider.manifest.limits import Limits
from encord_provider.manifest.member_reader import is_form_of, read_members
from encord_provider.manifest.object_urls import note_on
from encord_provider.manifest.readings import Place, Reading
from encord_provider.manifest.spellings import ENTRY_KEYS, FLAGS, FROM_ITEMS_KEYS, KINDS_BY_KEY, nearest
from encord_provider.manifest.units import Unit

_NUMBERED: Final = re.compile(r"object_?[uU]rl_([0-9]{1,9})")


def read_entry(key: str, value: object, place: Place, limits: Limits | None) -> Reading:
    """Read one entry under the top-level *key*, and judge the unit by *limits*, if there are any."""
    entry = Entry(KINDS_BY_KEY[key], key, place)
    if not isinstance(value, dict):
        entry.fault("entry", f"{value!r:.80} is not an object", "write {...}")
        return Reading(place, None, tuple(entry.faults))
    _sort(value, entry)
    unit = _unit(entry)
    if limits and not entry.is_broken:
        entry.faults += [
            replace(fault, path=place.path, line=place.line) for fault in faults_of(unit, limits)
        ]
        _note_kind(unit, entry)
        _note_form(unit, entry)
    return Reading(place, unit, tuple(entry.faults))


_OF_ANY: Final = frozenset({"title", "client_metadata", "create_video", "external_file_type"})


def _meanings(key: str) -> frozenset[str]:
    """Return what entries under a top-level key may say."""
    kind = KINDS_BY_KEY[key]
    if key in FROM_ITEMS_KEYS:
        return _OF_ANY | {"items", "video_url_prefix"}
    if kind is Kind.SCENE:
        return _OF_ANY | {"scene"}
    if kind in GROUPED:
        return _OF_ANY | {"frames", "url"}
    single = _OF_ANY | {"url", "media", "placeholder"}
    return single | {"settings"} if kind is Kind.TIME_SERIES else single


_MEANINGS: Final = {key: _meanings(key) for key in KINDS_BY_KEY}


def _sort(given: Mapping[str, Any], entry: Entry) -> None:
    """Put each key of an entry under what it means, and tell of those that mean nothing there."""
    meanings = _MEANINGS[entry.key]
    for key, value in given.items():
        name = ENTRY_KEYS.get(key)
        if name is None:
            _sort_other(key, value, entry)
        elif value is None:
            continue
        elif name not in meanings or (name == "media" and not is_form_of(key, entry.kind)):
            entry.fault("key", f"{key} under {entry.key}", "entries of that list have none; take it out")
        elif entry.values.setdefault(name, value) != value:
            problem = f"{key} says again, and otherwise, what another key says"
            entry.fault("duplicate key", problem, "keep one")


def _sort_other(key: str, value: object, entry: Entry) -> None:
    numbered = _NUMBERED.fullmatch(key)
    if numbered and "url" not in _MEANINGS[entry.key]:
        entry.fault("key", f"{key} under {entry.key}", "entries of that list have none; take it out")
    elif numbered:
        number = int(numbered[1])
        if number in entry.numbered:
            entry.fault("duplicate key", f"{key} and another key have the same number", "number them anew")
        entry.numbered[number] = value
    elif key in FLAGS:
        remedy = "write it beside the lists, at the top of the manifest"
        entry.fault("key", f"{key} stands in an entry, where it does nothing", remedy, Severity.NOTE)
    else:
        meant = nearest(key, ENTRY_KEYS)
        remedy = (
            f"write {meant}, if that was meant, or take it out" if meant else "put it into clientMetadata"
        )
        is_url = key.casefold().startswith(
            "object"
        )  # an object would be lost, and not only what is said of one
        severity = Severity.ERROR if is_url else Severity.MENDED
        entry.fault("key", f"no key of an entry is named {key!r}; it is passed over", remedy, severity)


def _unit(entry: Entry) -> Unit:
    from_items = entry.key in FROM_ITEMS_KEYS
    _check_type(entry, typed.FROM_ITEMS_TYPE if from_items else typed.TYPES[entry.kind])
    urls, files = ((), ()) if from_items or entry.kind is Kind.SCENE else read_members(entry)
    kind = _kind(entry)
    return Unit(
        kind,
        _title(entry, urls),
        urls,
        client_metadata=entry.mapping("client_metadata") or {},
        files=files,
        items=_items(entry) if from_items else (),
        scene=entry.mapping("scene"),
        settings=entry.mapping("settings"),
        video_url_prefix=entry.text("video_url_prefix"),
    )


def _check_type(entry: Entry, expected: str) -> None:
    given = entry.values.get("external_file_type")
    if given not in (None, expected):
        problem = f"externalFileType is {given!r}, under {entry.key} it is {expected}"
        entry.fault("externalFileType", problem, "move the entry, or mend the type")


def _kind(entry: Entry) -> Kind:
    """Tell a sequence from a group; elsewhere the pages list ``createVideo``, and it does nothing."""
    if entry.kind not in IMAGE_GROUPS:
        return entry.kind
    given = entry.values.get("create_video")
    if given is None:
        problem = "createVideo is absent: older pages take that for true, the newest and the SDK for false"
        entry.fault("createVideo", problem, "write it; it is read as false, an image group", Severity.NOTE)
    elif not isinstance(given, bool):
        entry.fault("createVideo", f"createVideo is {given!r:.80}", "write true or false")
    return Kind.IMAGE_SEQUENCE if given is True else Kind.IMAGE_GROUP


def _items(entry: Entry) -> tuple[str, ...]:
    given = entry.values.get("items")
    if isinstance(given, list) and given and all(isinstance(item, str) for item in given):
        return tuple(given)
    entry.fault("members", "imageItems is not a list of UUIDs", "give the UUIDs of image items")
    return ()


def _title(entry: Entry, urls: tuple[str, ...]) -> str:
    title = entry.text("title")
    if "title" in entry.values or not urls:
        return title or ""
    default = default_title(urls[0])
    if default:
        problem = f"no title, and Encord's default has changed; read as {default!r}"
        entry.fault("title", problem, "write one", Severity.NOTE)
    return default


def default_title(url: str) -> str:
    """Return the title that Encord gives where a manifest has none: the path, with its leading slash.

    Source: docs.encord.com, "Register cloud data"; older pages say the file's name.
    """
    try:
        return urlsplit(url).path or url
    except ValueError:
        return url


def _note_kind(unit: Unit, entry: Entry) -> None:
    """Tell when the name of a file says another kind than the list it stands in."""
    expected = Kind.IMAGE if unit.kind in IMAGE_GROUPS else unit.kind
    for url in unit.urls:
        found = kind_of(url.partition("?")[0])
        if found and found is not expected and not (found is Kind.TEXT and expected is Kind.TIME_SERIES):
            problem = f"{url:.200} is named like a file of kind {found}, and stands under {entry.key}"
            entry.fault("kind", problem, "move it, if the name is right", Severity.NOTE)
            return


def _note_form(unit: Unit, entry: Entry) -> None:
    for url in unit.urls:
        note = note_on(url)
        if note:
            entry.fault("URL form", note, "see the forms of URLs in the reference", Severity.NOTE)
            return

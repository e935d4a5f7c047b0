"""One entry of a manifest in JSON to a unit, in any dialect and with every fault of it at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from encord_provider.manifest import typed
from encord_provider.manifest.faults import Fault, Severity, faults_of
from encord_provider.manifest.kinds import GROUPED, IMAGE_GROUPS, Kind, kind_of
from encord_provider.manifest.limits import Limits
from encord_provider.manifest.media_metadata import METADATA_FORMS, MediaMetadata
from encord_provider.manifest.media_reader import read_media
from encord_provider.manifest.object_urls import note_on
from encord_provider.manifest.readings import Place, Reading
from encord_provider.manifest.spellings import ENTRY_KEYS, FLAGS, FROM_ITEMS_KEYS, KINDS_BY_KEY
from encord_provider.manifest.units import File, Unit

_NUMBERED: Final = re.compile(r"object_?[uU]rl_([0-9]{1,9})")

_MISLED: Final = "give it its documented type"


@dataclass
class _Entry:
    """An entry under way to a unit."""

    kind: Kind
    key: str
    place: Place
    values: dict[str, Any] = field(default_factory=dict)
    numbered: dict[int, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, rule: str, problem: str, remedy: str, severity: Severity = Severity.ERROR) -> None:
        title = self.values.get("title")
        self.faults.append(
            Fault(
                title if isinstance(title, str) else "",
                rule,
                problem,
                remedy,
                self.place.path,
                self.place.line,
                severity,
            )
        )

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value
        self.fault("key type", f"{name} is {value!r:.80}, not text", _MISLED)
        return None

    def mapping(self, name: str) -> dict[str, Any] | None:
        value = self.values.get(name)
        if value is None or isinstance(value, dict):
            return value
        self.fault("key type", f"{name} is {value!r:.80}, not an object", _MISLED)
        return None


def read_entry(key: str, value: object, place: Place, limits: Limits | None) -> Reading:
    """Read one entry under the top-level *key*, and judge the unit by *limits*, if there are any."""
    entry = _Entry(KINDS_BY_KEY[key], key, place)
    if not isinstance(value, dict):
        entry.fault("entry", f"{value!r:.80} is not an object", "write {...}")
        return Reading(place, None, tuple(entry.faults))
    _sort(value, entry)
    unit = _unit(entry)
    if limits and not any(fault.severity is Severity.ERROR for fault in entry.faults):
        entry.faults += (
            Fault(fault.unit, fault.rule, fault.problem, fault.remedy, place.path, place.line)
            for fault in faults_of(unit, limits)
        )
        _note_kind(unit, entry)
        _note_form(unit, entry)
    return Reading(place, unit, tuple(entry.faults))


def _sort(given: Mapping[str, Any], entry: _Entry) -> None:
    """Put each key of an entry under what it means, and tell of those that mean nothing."""
    for key, value in given.items():
        name = ENTRY_KEYS.get(key)
        if name is None:
            _sort_other(key, value, entry)
        elif name == "media" and value is not None and not _is_form_of(key, entry.kind):
            entry.fault("key", f"{key} under {entry.key}", f"{entry.kind} has none; take it out")
        elif value is not None:
            if name in entry.values and entry.values[name] != value:
                entry.fault(
                    "duplicate key", f"{key} says again, and otherwise, what another key says", "keep one"
                )
            entry.values[name] = value


def _sort_other(key: str, value: object, entry: _Entry) -> None:
    numbered = _NUMBERED.fullmatch(key)
    if numbered:
        number = int(numbered[1])
        if number in entry.numbered:
            entry.fault("duplicate key", f"{key} and another key have the same number", "number them anew")
        entry.numbered[number] = value
    elif key in FLAGS:
        remedy = "write it beside the lists, at the top of the manifest"
        entry.fault("key", f"{key} stands in an entry, where it does nothing", remedy, Severity.NOTE)
    else:
        remedy = "take it out, or put it into clientMetadata"
        entry.fault("key", f"no key of an entry is named {key!r}; it is passed over", remedy, Severity.MENDED)


def _is_form_of(key: str, kind: Kind) -> bool:
    form = METADATA_FORMS.get(kind)
    return form is not None and key.lower().replace("_", "") == form[0].lower()


def _unit(entry: _Entry) -> Unit:
    from_items = entry.key in FROM_ITEMS_KEYS
    _check_type(entry, typed.FROM_ITEMS_TYPE if from_items else typed.TYPES[entry.kind])
    urls, files = ((), ()) if from_items or entry.kind is Kind.SCENE else _members(entry)
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


def _check_type(entry: _Entry, expected: str) -> None:
    given = entry.values.get("external_file_type")
    if given not in (None, expected):
        problem = f"externalFileType is {given!r}, under {entry.key} it is {expected}"
        entry.fault("externalFileType", problem, "move the entry, or mend the type")


def _kind(entry: _Entry) -> Kind:
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


def _members(entry: _Entry) -> tuple[tuple[str, ...], tuple[File, ...]]:
    """Return the URLs of an entry in order, and what is known of each, in whichever form they stand."""
    if entry.kind not in GROUPED:
        url = entry.values.get("url")
        if url is None and len(entry.numbered) == 1:
            entry.fault(
                "key", "a numbered objectUrl in a unit of one object", "write objectUrl", Severity.MENDED
            )
            (url,) = entry.numbered.values()
        elif entry.numbered:
            entry.fault("key", "numbered object URLs in a unit of one object", "write objectUrl alone")
        return _all((_file(entry, url, entry.values, "objectUrl"),))
    frames = entry.values.get("frames")
    if frames is not None:
        if entry.numbered or not isinstance(frames, list):
            entry.fault(
                "members", "the frames are no list, or stand in two forms", "give one list, or numbers"
            )
            return (), ()
        return _all(tuple(_frame(entry, number, frame) for number, frame in enumerate(frames)))
    if entry.values.get("url") is not None:
        entry.fault("key", "an objectUrl without number in a group", "write objectUrl_0", Severity.MENDED)
        entry.numbered.setdefault(0, entry.values["url"])
    if sorted(entry.numbered) != list(range(len(entry.numbered))):
        numbers = ", ".join(map(str, sorted(entry.numbered)[:20]))
        entry.fault(
            "numbering", f"the object URLs have the numbers {numbers}", "number them 0, 1, 2 without a gap"
        )
    in_order = sorted(entry.numbered.items())
    return _all(tuple(_file(entry, url, {}, f"objectUrl_{number}") for number, url in in_order))


def _all(members: tuple[tuple[str, File], ...]) -> tuple[tuple[str, ...], tuple[File, ...]]:
    files = tuple(file for _, file in members)
    known = any(file != _UNKNOWN for file in files)
    return tuple(url for url, _ in members), files if known else ()


_UNKNOWN: Final = File()


def _frame(entry: _Entry, number: int, given: object) -> tuple[str, File]:
    if not isinstance(given, dict):
        entry.fault("entry", f"frame {number} is {given!r:.80}, not an object", 'write {"url": ...}')
        return "", _UNKNOWN
    sorted_values: dict[str, Any] = {}
    for key, value in given.items():
        name = ENTRY_KEYS.get(key)
        if name not in ("url", "title", "media", "placeholder") or (
            name == "media" and value is not None and not _is_form_of(key, entry.kind)
        ):
            entry.fault("key", f"frame {number} has a key {key!r}, which frames do not have", "take it out")
        elif value is not None:
            sorted_values[name] = value
    return _file(entry, sorted_values.get("url"), sorted_values, f"the url of frame {number}", of_frame=True)


def _file(
    entry: _Entry, url: object, values: Mapping[str, Any], what: str, *, of_frame: bool = False
) -> tuple[str, File]:
    if not isinstance(url, str):
        problem = f"{what} is missing" if url is None else f"{what} is {url!r:.80}, not text"
        entry.fault("members" if url is None else "key type", problem, "give the whole URL")
        url = ""
    title, placeholder = (values.get(name) for name in ("title", "placeholder"))
    if not of_frame:
        title = None  # it is the unit's
    for name, value in (("title", title), ("placeholderItemUuid", placeholder)):
        if value is not None and not isinstance(value, str):
            entry.fault("key type", f"{name} of {what} is {value!r:.80}, not text", _MISLED)
    media = _media(entry, values.get("media"))
    if title is None and placeholder is None and media is None:
        return url, _UNKNOWN
    return url, File(_text_or_none(title), media, _text_or_none(placeholder))


def _media(entry: _Entry, given: object) -> MediaMetadata | None:
    if given is None:
        return None
    key, form = METADATA_FORMS[entry.kind]
    media, problems = read_media(form, given)
    for problem in problems:
        remedy = "mend it, or leave it out: Encord then reads the file"
        entry.fault("media metadata", f"{key}: {problem}", remedy)
    return media


def _items(entry: _Entry) -> tuple[str, ...]:
    given = entry.values.get("items")
    if isinstance(given, list) and given and all(isinstance(item, str) for item in given):
        return tuple(given)
    entry.fault("members", "imageItems is not a list of UUIDs", "give the UUIDs of image items")
    return ()


def _title(entry: _Entry, urls: tuple[str, ...]) -> str:
    title = entry.text("title")
    if title is not None and title != "":
        return title
    default = default_title(urls[0]) if urls else ""
    if default and "title" not in entry.values:
        problem = f"no title, and Encord's default has changed; read as {default!r}"
        entry.fault("title", problem, "write one", Severity.NOTE)
    elif default:
        return ""
    return default


def default_title(url: str) -> str:
    """Return the title that Encord gives where a manifest has none: the path, with its leading slash.

    Source: docs.encord.com, "Register cloud data"; older pages say the file's name.
    """
    try:
        return urlsplit(url).path or url
    except ValueError:
        return url


def _note_kind(unit: Unit, entry: _Entry) -> None:
    """Tell when the name of a file says another kind than the list it stands in."""
    expected = Kind.IMAGE if unit.kind in IMAGE_GROUPS else unit.kind
    for url in unit.urls:
        found = kind_of(url.partition("?")[0])
        if found and found is not expected and not (found is Kind.TEXT and expected is Kind.TIME_SERIES):
            problem = f"{url:.200} is named like a file of kind {found}, and stands under {entry.key}"
            entry.fault("kind", problem, "move it, if the name is right", Severity.NOTE)
            return


def _note_form(unit: Unit, entry: _Entry) -> None:
    for url in unit.urls:
        note = note_on(url)
        if note:
            entry.fault("URL form", note, "see the forms of URLs in the reference", Severity.NOTE)
            return


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None

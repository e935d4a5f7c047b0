"""What is wrong with a unit, or with a manifest, before anybody is asked to register it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from encord_provider.manifest.json_text import bytes_of, sorting_encoder
from encord_provider.manifest.key_frames import key_frame_problems
from encord_provider.manifest.kinds import GROUPED, IMAGE_GROUPS, Kind
from encord_provider.manifest.limits import Limits
from encord_provider.manifest.media_faults import file_problems
from encord_provider.manifest.rules import RULES
from encord_provider.manifest.settings_faults import settings_problems
from encord_provider.manifest.units import Unit

_WHITE_SPACE = re.compile(r"\s")
_NUL = "\\u0000"  # how JSON text spells it

_encode = sorting_encoder(", ", ": ")


class Severity(StrEnum):
    """What follows from a fault."""

    ERROR = "error"
    """The unit cannot be registered as it is: it is kept apart."""

    MENDED = "mended"
    """We read what was meant, and Encord would not: the unit is kept, unless reading is strict."""

    NOTE = "note"
    """It works, and something about it is worth knowing."""


@dataclass(frozen=True)
class Fault:
    """One broken rule: where, what, and what to do about it."""

    unit: str
    """The title of the unit; empty when the fault is of the whole manifest."""

    rule: str
    """A short name of the rule, for counting; `RULES` has its source."""

    problem: str
    remedy: str

    path: str = ""
    """Where in the manifest, for example ``images[3]``."""

    line: int | None = None
    """The line of the file, from 1; for an entry of several lines, the first."""

    severity: Severity = Severity.ERROR

    @property
    def source(self) -> str:
        """Who says so."""
        return RULES[self.rule]

    def __str__(self) -> str:
        """Say it in one line."""
        line = f"line {self.line}" if self.line else ""
        place = ", ".join(part for part in (line, self.path) if part)
        return ": ".join(part for part in (place, self.unit, f"{self.problem}; {self.remedy}") if part)

    def to_json(self) -> str:
        """Render one line of JSON, with the source of the rule."""
        return json.dumps(asdict(self) | {"source": self.source})


def faults_of(unit: Unit, limits: Limits) -> Iterator[Fault]:
    """Yield every broken rule of *unit*, not only the first."""
    yield from _title_faults(unit.title, limits)
    if len(unit.urls) > limits.urls:
        problem = f"the unit has {len(unit.urls)} URLs, a manifest takes {limits.urls}"
        yield Fault(unit.title, "URLs", problem, "split it")
    yield from _member_faults(unit)
    if unit.scene is not None and unit.kind is not Kind.SCENE:
        yield Fault(unit.title, "members", f"a unit of kind {unit.kind} with a scene", "take the scene out")
    if unit.video_url_prefix is not None and not unit.items:
        problem = "a videoUrlPrefix, and no items that a video is made of"
        yield Fault(unit.title, "members", problem, "take it out")
    for url in unit.urls:
        if not _is_sound(url, limits):
            yield from _url_faults(unit, url, limits)
    for problem in file_problems(unit):
        yield Fault(
            unit.title, "media metadata", problem, "mend it, or leave it out: Encord then reads the file"
        )
    for problem in settings_problems(unit, limits):
        yield Fault(unit.title, "settings", problem, "see the settings of a time series in the reference")
    for problem in key_frame_problems(unit.client_metadata):
        yield Fault(unit.title, "key frames", problem, "see key frames in the reference")
    yield from _metadata_faults(unit, limits)


def _title_faults(title: str, limits: Limits) -> Iterator[Fault]:
    if not title.strip():
        yield Fault(title, "title", "the title is empty", "give one")
    elif not _is_text(title):
        yield Fault(title, "text", "the title holds half a character", "write it anew, in UTF-8")
    if len(title) > limits.title_characters:
        problem = f"the title has {len(title)} characters, Encord takes {limits.title_characters}"
        yield Fault(title, "title length", problem, "give a shorter one")


def _member_faults(unit: Unit) -> Iterator[Fault]:
    """Check that a unit has what its kind is made of."""
    if unit.items:
        if unit.kind not in IMAGE_GROUPS or unit.urls:
            problem = f"a unit of kind {unit.kind} with {len(unit.urls)} URLs is made from items"
            yield Fault(
                unit.title, "members", problem, "give items to image groups and sequences, without URLs"
            )
        for item in unit.items:
            if not _is_uuid(item):
                yield Fault(
                    unit.title, "item UUID", f"{item!r} is not a UUID", "give the UUIDs of image items"
                )
    elif unit.kind is Kind.SCENE:
        if not unit.scene or unit.urls:
            yield Fault(unit.title, "members", "a scene has no streams", "describe it under the key scene")
    elif unit.kind in GROUPED:
        if not unit.urls:
            yield Fault(
                unit.title, "members", "the unit has no URL", "give objectUrl_0, objectUrl_1 and so on"
            )
    elif len(unit.urls) != 1:
        problem = f"a unit of kind {unit.kind} has {len(unit.urls)} URLs"
        yield Fault(unit.title, "members", problem, "give one")


def _is_sound(url: str, limits: Limits) -> bool:
    """Tell at a glance that a URL breaks no rule, as hardly any does."""
    return url.isascii() and url.isprintable() and " " not in url and 0 < len(url) <= limits.url_bytes


def _url_faults(unit: Unit, url: str, limits: Limits) -> Iterator[Fault]:
    if not url:
        yield Fault(unit.title, "members", "a URL is empty", "give the whole URL")
    size = len(url.encode(errors="surrogatepass"))
    if size > limits.url_bytes:
        problem = f"a URL has {size} bytes, Encord takes {limits.url_bytes}"
        yield Fault(unit.title, "URL length", problem, "shorten the key")
    if _WHITE_SPACE.search(url):
        yield Fault(unit.title, "URL white space", f"white space in {url!r}", "percent-encode it")
    if not _is_text(url):
        yield Fault(unit.title, "text", f"half a character in {url!r}", "percent-encode the bytes of the key")


def _metadata_faults(unit: Unit, limits: Limits) -> Iterator[Fault]:
    for name, value in (("custom metadata", unit.client_metadata), ("the scene", unit.scene)):
        if not value:
            continue
        try:
            text = _encode(dict(value))
            size = bytes_of(text)
        except (TypeError, ValueError, RecursionError) as error:
            remedy = "give text, numbers, booleans, lists or objects"
            yield Fault(unit.title, "metadata value", f"{name} is not JSON: {_why(error)}", remedy)
            continue
        if _NUL in text and _holds_nul(value):
            problem = f"{name} holds a NUL character, which PostgreSQL's jsonb cannot"
            yield Fault(unit.title, "metadata value", problem, "take it out")
        if size > limits.metadata_bytes and value is unit.client_metadata:
            problem = f"custom metadata has {size} bytes, Encord takes {limits.metadata_bytes}"
            yield Fault(unit.title, "metadata size", problem, "keep less of it")


def _why(error: Exception) -> str:
    """Say what the encoder met, in words for somebody who does not know it."""
    if isinstance(error, UnicodeEncodeError):
        return "a text holds half a character"
    if isinstance(error, ValueError):
        return "a number is infinite, or none (NaN)"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _holds_nul(value: Any) -> bool:  # noqa: ANN401 - any JSON
    if isinstance(value, Mapping):
        return any("\0" in str(key) or _holds_nul(entry) for key, entry in value.items())
    if isinstance(value, (list, tuple)):
        return any(map(_holds_nul, value))
    return isinstance(value, str) and "\0" in value


def _is_text(text: str) -> bool:
    """Tell text from what only Python can hold: half of a character beyond 16 bits, without its other half."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except (ValueError, AttributeError, TypeError):
        return False
    return True

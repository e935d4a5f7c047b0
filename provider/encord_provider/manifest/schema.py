"""A declared metadata schema, and what of custom metadata breaks it.

Forms after encord 0.1.211, ``metadata_schema``; types after docs.encord.com, "Register cloud data". Keys that the
schema does not name are free: Encord stores them and offers no filter.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from encord_provider.errors import BadTable
from encord_provider.manifest.faults import Fault
from encord_provider.manifest.key_frames import BLOCK, OLD_KEY, frames_of
from encord_provider.manifest.limits import Limits
from encord_provider.manifest.units import Unit

_HINTS: Final = {"string": "varchar", "long_string": "text"}
"""Former names of types (docs.encord.com, "Register cloud data")."""

_TYPES: Final = frozenset(
    {"number", "varchar", "text", "boolean", "datetime", "uuid", "enum", "embedding", "geospatial", "user"}
)


@dataclass(frozen=True)
class KeyType:
    """What the values of one key are."""

    name: str
    """One of number, varchar, text, boolean, datetime, uuid, enum, embedding, geospatial, user."""

    options: frozenset[str] = frozenset()
    """Of an enum."""

    size: int = 0
    """Numbers of an embedding, or characters of a varchar."""

    def __str__(self) -> str:
        """Return it as a person says it."""
        if self.name == "enum":
            return f"enum of {', '.join(sorted(self.options))}"
        return f"embedding of {self.size} numbers" if self.name == "embedding" else self.name


@dataclass(frozen=True)
class MetadataSchema:
    """Key to type; keys compare by case."""

    keys: Mapping[str, KeyType]

    @classmethod
    def from_wire(cls, document: Mapping[str, Any], limits: Limits | None = None) -> "MetadataSchema":
        """Read a schema in the form that Encord's API answers with; deleted keys are free keys.

        Raises:
            BadTable: Everything that is wrong with it.

        """
        faults: list[str] = []
        keys = {}
        for name, form in document.items():
            key_type, problem = _type_of(form, limits or Limits())
            problem = _name_problem(name) or problem
            if problem:
                faults.append(f"key {name!r}: {problem}")
            elif key_type:
                keys[name] = key_type
        if faults:
            raise BadTable("metadata schema", faults)
        return cls(keys)

    def problems(self, metadata: Mapping[str, Any]) -> Iterator[str]:
        """Yield what of *metadata* breaks the schema; null is no value, and breaks none."""
        for key, value in metadata.items():
            if key.startswith("$") and key != BLOCK:
                yield f"{key!r}: keys that begin with a dollar are Encord's own"
            elif key in self.keys and value is not None:
                problem = _CHECKS[self.keys[key].name](value, self.keys[key])
                if problem:
                    yield f"{key!r}: {problem}"

    def faults_of(self, unit: Unit) -> Iterator[Fault]:
        """Yield what of a unit's custom metadata, its key frames included, breaks the schema."""
        remedy = "mend the value, or the schema"
        for problem in self.problems(unit.client_metadata):
            yield Fault(unit.title, "metadata schema", problem, remedy)
        for place, own in frames_of(unit.client_metadata):
            for problem in self.problems(own):
                yield Fault(unit.title, "metadata schema", f"frame {place}: {problem}", remedy)


def _name_problem(name: str) -> str | None:
    """Tell why a schema cannot have a key (encord 0.1.211, ``metadata_schema``)."""
    plain = re.sub(r"[-_ .]", "", name)
    if name.startswith("$"):
        return "keys that begin with a dollar are Encord's own"
    if not plain.isalnum():
        return "a key has letters and digits, and besides only hyphens, underscores, blanks and dots"
    return f"{OLD_KEY} is reserved" if plain == OLD_KEY else None


def _type_of(form: object, limits: Limits) -> tuple[KeyType | None, str | None]:
    """Return the type that a wire object stands for, or what is wrong with it; neither for a deleted key."""
    if not isinstance(form, Mapping):
        return None, "its type is not an object"
    name = form.get("hint") if form.get("ty") == "variant" else form.get("ty")
    name = _HINTS.get(str(name), name)
    if name == "tombstone":
        return None, None
    if not isinstance(name, str) or name not in _TYPES:
        return None, f"no type is named {name!r}"
    if name == "enum":
        return _enum(form.get("values"), limits)
    return _embedding_type(form.get("size"), limits) if name == "embedding" else _plain(name, form, limits)


def _plain(name: str, form: Mapping[str, Any], limits: Limits) -> tuple[KeyType, None]:
    most = form.get("max_length", limits.varchar_characters)
    return KeyType(name, size=most if name == "varchar" and isinstance(most, int) else 0), None


def _embedding_type(size: object, limits: Limits) -> tuple[KeyType | None, str | None]:
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= limits.embedding_numbers:
        return None, f"an embedding has 1 to {limits.embedding_numbers} numbers, not {size!r}"
    return KeyType("embedding", size=size), None


def _enum(values: object, limits: Limits) -> tuple[KeyType | None, str | None]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        return None, "the options of an enum are a list of texts"
    if not 1 <= len(values) <= limits.enum_options:
        return None, f"an enum has 1 to {limits.enum_options} options, not {len(values)}"
    return KeyType("enum", frozenset(values)), None


def _number(value: object, _: KeyType) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return f"{value!r:.80} is not a number"
    return None if math.isfinite(value) else f"{value} is no number that JSON has"


def _text(value: object, key: KeyType) -> str | None:
    if not isinstance(value, str):
        return f"{value!r:.80} is not text"
    return f"{len(value)} characters, it takes {key.size}" if key.size and len(value) > key.size else None


def _boolean(value: object, _: KeyType) -> str | None:
    return None if isinstance(value, bool) else f"{value!r:.80} is neither true nor false"


def _datetime(value: object, _: KeyType) -> str | None:
    try:
        if isinstance(value, str) and len(value) >= len("2026-01-01"):
            datetime.fromisoformat(value)
            return None
    except ValueError:
        pass
    return f"{value!r:.80} is no date and time of ISO 8601"


def _uuid(value: object, _: KeyType) -> str | None:
    try:
        if isinstance(value, str) and UUID(value).version == 4 and len(value) == len(str(UUID(value))):  # noqa: PLR2004 - its name is UUIDv4
            return None
    except ValueError:
        pass
    return f"{value!r:.80} is not a UUIDv4"


def _option(value: object, key: KeyType) -> str | None:
    if isinstance(value, str) and value in key.options:
        return None
    return f"{value!r:.80} is none of {', '.join(sorted(key.options)[:20])}"


def _embedding(value: object, key: KeyType) -> str | None:
    if not isinstance(value, list):
        return f"{value!r:.80} is not a list of numbers"
    if len(value) != key.size:
        return f"{len(value)} numbers, the schema says {key.size}"
    wrong = next((number for number in value if _number(number, key)), None)
    return None if wrong is None and None not in value else f"{wrong!r:.80} is not a number that JSON has"


def _place(value: object, _: KeyType) -> str | None:
    if isinstance(value, Mapping) and set(value) == {"latitude", "longitude"}:
        bounds = {"latitude": 90, "longitude": 180}
        if all(
            _number(value[k], KeyType("number")) is None and abs(value[k]) <= most
            for k, most in bounds.items()
        ):
            return None
    return f"{value!r:.80} is no latitude of -90 to 90 with a longitude of -180 to 180"


_CHECKS: Final[dict[str, Callable[[object, KeyType], str | None]]] = {
    "number": _number,
    "varchar": _text,
    "text": _text,
    "boolean": _boolean,
    "datetime": _datetime,
    "uuid": _uuid,
    "enum": _option,
    "embedding": _embedding,
    "geospatial": _place,
    "user": _text,
}

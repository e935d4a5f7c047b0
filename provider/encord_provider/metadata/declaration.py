"""What a team wants the organisation's metadata schema to say of its keys, as a file under version control.

Names and types after docs.encord.com, "Custom metadata"; what each may become after encord 0.1.211.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

import yaml

from encord_provider.errors import BadTable
from encord_provider.manifest.limits import Limits
from encord_provider.manifest.schema import KeyType, MetadataSchema

SCALARS: Final = frozenset({"number", "varchar", "text", "boolean", "datetime", "uuid"})
"""Types that may turn into one another."""

_PARTS: Final = ("namespace", "keys", "deleted", "deleted_for_good")
_NAME: Final = re.compile(r"[A-Za-z0-9 ._-]+")
_MARKS: Final = "._-"
_EMBEDDING_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Declaration:
    """Keys with their types, and keys that are to go; the schema's other keys belong to somebody else."""

    keys: Mapping[str, KeyType]
    deleted: frozenset[str] = field(default=frozenset())
    """Keys to delete so that they can be restored."""

    deleted_for_good: frozenset[str] = field(default=frozenset())
    """Keys to delete so that nobody can ever use them again."""

    namespace: str | None = None
    """What every key here begins with, up to a dot, hyphen or underscore; its other keys are reported."""

    @classmethod
    def read(cls, name: str, content: bytes, limits: Limits | None = None) -> Self:
        """Read a declaration in YAML, of which JSON is a part; *name* stands in the error.

        Raises:
            BadTable: It is no YAML, or everything that is wrong with what it says.

        """
        try:
            document = yaml.load(content, _Loader)  # noqa: S506 - it is a SafeLoader
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise BadTable(name, [f"it cannot be read as YAML: {' '.join(str(error).split())}"]) from None
        return cls.parse(name, document, limits)

    @classmethod
    def parse(cls, name: str, document: object, limits: Limits | None = None) -> Self:
        """Check a declaration that is data already; *name* stands in the error.

        Raises:
            BadTable: Everything that is wrong with it.

        """
        problems = list(_problems_of_form(document))
        if problems or not isinstance(document, Mapping):
            raise BadTable(name, problems)
        keys = document.get("keys") or {}
        deleted, for_good = (frozenset(document.get(part) or ()) for part in ("deleted", "deleted_for_good"))
        namespace = document.get("namespace")
        problems += _problems_of_names([*keys, *deleted, *for_good], namespace)
        typed = {key: _Form.of(form) for key, form in keys.items() if isinstance(key, str)}
        problems += [
            f"key {key!r}: {problem}" for key, form in typed.items() for problem in form.problems(key)
        ]
        try:
            read = MetadataSchema.from_wire({key: form.wire for key, form in typed.items()}, limits).keys
        except BadTable as error:
            raise BadTable(name, [*problems, *error.faults]) from None
        if problems:
            raise BadTable(name, problems)
        return cls(read, deleted, for_good, namespace)

    def owns(self, key: str) -> bool:
        """Tell whether *key* is in the namespace, or named here."""
        named = key in self.keys or key in self.deleted or key in self.deleted_for_good
        return named or (self.namespace is not None and _is_in(self.namespace, key))


def _is_in(namespace: str, key: str) -> bool:
    """Tell whether *key* is a name of *namespace*; embeddings can have no dot, so hyphens serve as well."""
    return key.startswith(tuple(namespace + mark for mark in _MARKS))


@dataclass(frozen=True)
class _Form:
    """A type as a person declares it: its name alone, or a mapping with what belongs to it."""

    kind: object
    options: object = None
    size: object = None
    unknown: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: object) -> "_Form":
        if not isinstance(given, Mapping):
            return cls(given)
        unknown = tuple(str(part) for part in given if part not in ("type", "options", "size"))
        return cls(given.get("type"), given.get("options"), given.get("size"), unknown)

    @property
    def wire(self) -> dict[str, Any]:
        """The type as Encord's API writes it."""
        if self.kind in ("enum", "embedding", "geospatial"):
            return {"ty": self.kind, "values": self.options, "size": self.size}
        return {"ty": "variant", "hint": self.kind}

    def problems(self, key: str) -> Iterator[str]:
        """Yield what is wrong with it beside what a schema from Encord can have wrong."""
        if self.kind == "user":
            yield "only Encord itself makes keys of type user"
        if self.kind == "embedding" and not _EMBEDDING_NAME.fullmatch(key):
            yield "the name of an embedding has letters, digits, hyphens and underscores only"
        if isinstance(self.options, list) and len(set(map(repr, self.options))) < len(self.options):
            yield "an option stands twice"
        if self.unknown:
            yield f"{', '.join(self.unknown)} is none of type, options, size"


def _problems_of_form(document: object) -> Iterator[str]:
    if not isinstance(document, Mapping):
        yield f"it is not a mapping with {', '.join(_PARTS)}"
        return
    for part in document:
        if part not in _PARTS:
            yield f"{part!r} is none of {', '.join(_PARTS)}"
    if not isinstance(document.get("keys") or {}, Mapping):
        yield "keys is not a mapping of names to types"
    for part in ("deleted", "deleted_for_good"):
        names = document.get(part) or []
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            yield f"{part} is not a list of names"
    if not isinstance(document.get("namespace") or "", str):
        yield "namespace is not text"


def _problems_of_names(names: list[object], namespace: str | None) -> Iterator[str]:
    for name, times in Counter(names).items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            yield f"key {name!r}: a name has letters a to z, digits, blanks, hyphens, underscores and dots"
        elif namespace and not _is_in(namespace, name):
            yield f"key {name!r}: it is not in the namespace; call it {namespace}.{name}"
        if times > 1:
            yield f"key {name!r}: it is declared {times} times"


class _Loader(yaml.SafeLoader):
    """YAML whose mappings have each key once; the library itself keeps the last and drops the others."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - the library's signature
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        if len(mapping) < len(node.value):
            keys = Counter(str(key.value) for key, _ in node.value)
            twice = ", ".join(repr(key) for key, times in keys.items() if times > 1)
            raise yaml.constructor.ConstructorError(
                problem=f"{twice} stands twice", problem_mark=node.start_mark
            )
        return mapping

"""What makes the organisation's metadata schema say what is declared, and what nothing can.

What may become what after encord 0.1.211, ``metadata_schema``: scalars turn into one another, enums only grow, a
key that was deleted for good is lost, and every other type stays what it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from encord_provider.manifest.limits import Limits
from encord_provider.manifest.schema import KeyType, MetadataSchema
from encord_provider.metadata.declaration import SCALARS, Declaration


@dataclass(frozen=True)
class AddKey:
    """A key that the schema lacks."""

    key: str
    type: KeyType

    def __str__(self) -> str:
        """Say it in one line."""
        return f"+ {self.key}: {self.type}"


@dataclass(frozen=True)
class ChangeScalar:
    """A scalar that becomes another scalar; a deleted one comes back by it."""

    key: str
    present: KeyType
    type: KeyType

    def __str__(self) -> str:
        """Say it in one line."""
        return f"~ {self.key}: {self.present} becomes {self.type}"


@dataclass(frozen=True)
class AddOptions:
    """Options that an enum lacks."""

    key: str
    options: tuple[str, ...]

    def __str__(self) -> str:
        """Say it in one line."""
        return f"~ {self.key}: new options {', '.join(self.options)}"


@dataclass(frozen=True)
class RestoreKey:
    """A key that was deleted comes back as it was."""

    key: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"+ {self.key}: restored"


@dataclass(frozen=True)
class DeleteKey:
    """A key goes; its values stay with the items, without a type."""

    key: str
    for_good: bool

    def __str__(self) -> str:
        """Say it in one line."""
        return f"- {self.key}" + (", for good" if self.for_good else "")


Step: TypeAlias = AddKey | ChangeScalar | AddOptions | RestoreKey | DeleteKey
"""One change of the schema."""


@dataclass(frozen=True)
class SchemaPlan:
    """How the schema differs from a declaration."""

    steps: tuple[Step, ...]
    """Changes, in an order in which they can be made."""

    impossible: tuple[str, ...]
    """What is declared and no change brings about, each with the reason."""

    undeclared: tuple[str, ...]
    """What the schema has in the declared namespace or enums beyond the declaration; it stays."""

    @property
    def is_empty(self) -> bool:
        """Whether the schema says what is declared."""
        return not self.steps and not self.impossible

    @property
    def deletes_for_good(self) -> tuple[str, ...]:
        """The keys that nobody could use again."""
        return tuple(step.key for step in self.steps if isinstance(step, DeleteKey) and step.for_good)


def plan_schema(
    declaration: Declaration, document: Mapping[str, Any], limits: Limits | None = None
) -> SchemaPlan:
    """Compare *declaration* with a schema in the form that Encord's API answers with."""
    limits = limits or Limits()
    steps: list[Step] = []
    impossible: list[str] = []
    undeclared: list[str] = []
    for key, wanted in declaration.keys.items():
        state = _State.of(key, document, limits)
        problem = state.obstacle(wanted, limits)
        if problem:
            impossible.append(f"{key}: {problem}")
        else:
            steps += state.towards(wanted)
        undeclared += [f"{key}: option {option}" for option in sorted(state.live_options - wanted.options)]
    for key in sorted(declaration.deleted | declaration.deleted_for_good):
        steps += _State.of(key, document, limits).away(for_good=key in declaration.deleted_for_good)
    undeclared += [key for key in document if _is_stray(declaration, key, document)]
    return SchemaPlan(tuple(steps), tuple(impossible), tuple(undeclared))


def _is_stray(declaration: Declaration, key: str, document: Mapping[str, Any]) -> bool:
    named = key in declaration.keys or key in declaration.deleted or key in declaration.deleted_for_good
    return not named and declaration.owns(key) and not _State.of(key, document, Limits()).is_deleted


@dataclass(frozen=True)
class _State:
    """One key of the present schema."""

    key: str
    type: KeyType | None
    """None when there is no such key, or when it was deleted for good."""

    is_deleted: bool = False
    is_scalar: bool = False
    """Whether it may turn into another scalar: those that Encord itself made do not."""

    @classmethod
    def of(cls, key: str, document: Mapping[str, Any], limits: Limits) -> "_State":
        form = document.get(key) or {}
        is_deleted = form.get("ty") == "tombstone"
        live = (form.get("deleted_ty") if is_deleted else form) or {}
        types = MetadataSchema.from_wire({key: live} if live else {}, limits).keys
        return cls(key, types.get(key), is_deleted, live.get("ty") == "variant")

    @property
    def live_options(self) -> frozenset[str]:
        return self.type.options if self.type and not self.is_deleted else frozenset()

    def obstacle(self, wanted: KeyType, limits: Limits) -> str | None:
        """Return why this key cannot become *wanted*."""
        present = self.type or wanted
        if self.type is None and self.is_deleted:
            return "it was deleted for good, and nobody can use it again"
        if present.name != wanted.name and not (self.is_scalar and wanted.name in SCALARS):
            return f"it is {present}, which can never become {wanted}; choose another name"
        if wanted.name == "embedding" and present.size != wanted.size:
            return f"it is {present}, and the size never changes; choose another name"
        together = len(present.options | wanted.options)
        if together > limits.enum_options_written:
            return f"it would have {together} options, and Encord takes {limits.enum_options_written}"
        return None

    def towards(self, wanted: KeyType) -> Iterator[Step]:
        """Yield what makes this key *wanted*."""
        if self.type is None:
            yield AddKey(self.key, wanted)
            return
        if self.type.name != wanted.name:
            yield ChangeScalar(self.key, self.type, wanted)
        elif self.is_deleted:
            yield RestoreKey(self.key)
        if wanted.options - self.type.options:
            yield AddOptions(self.key, tuple(sorted(wanted.options - self.type.options)))

    def away(self, *, for_good: bool) -> Iterator[Step]:
        """Yield what deletes this key; one that is only deleted must be there to be deleted for good."""
        if self.type is None or (self.is_deleted and not for_good):
            return
        if self.is_deleted:
            yield RestoreKey(self.key)
        yield DeleteKey(self.key, for_good)

"""An item's metadata, merged of what it has, what a table wants, and what that table gave it last.

The platform replaces an item's metadata as a whole, so what others wrote must be carried along, and what they wrote
over must be noticed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Winner: TypeAlias = Literal["table", "platform"]
"""Whose value stays where both have changed: the table's, or the one that the item has."""


@dataclass(frozen=True)
class Conflict:
    """A value that is neither the table's nor what the table gave the item last: somebody else wrote it."""

    key: str
    found: Any
    """What the item had."""

    wanted: Any
    """What the table has; None also when it has nothing there any more."""

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.key} is {self.found!r:.80}, the table has {self.wanted!r:.80}"


@dataclass(frozen=True)
class Merged:
    """An item's whole metadata after a merge."""

    metadata: dict[str, Any]
    conflicts: tuple[Conflict, ...]
    given: dict[str, Any]
    """What of it the table has given the item, for the next merge."""


@dataclass(frozen=True)
class MergeRules:
    """How a merge decides."""

    winner: Winner = "table"
    prune: bool = False
    """Whether a key goes from the item when it has gone from the table, which had set it."""


def merge(
    present: Mapping[str, Any], wanted: Mapping[str, Any], given: Mapping[str, Any], rules: MergeRules
) -> Merged:
    """Lay *wanted* over *present*; *given* is what the same table gave the item last.

    Keys that the table neither has nor had stay as they are.
    """
    metadata, now_given = dict(present), dict(given)
    conflicts = []
    for key, value in wanted.items():
        is_there = key in present and same(present[key], value)
        is_ours = key not in present or (key in given and same(present[key], given[key]))
        if not is_there and not is_ours:
            conflicts.append(Conflict(key, present[key], value))
        if is_there or is_ours or rules.winner == "table":
            metadata[key] = present[key] if is_there else value
            now_given[key] = value
    for key in given.keys() - wanted.keys() if rules.prune else ():
        del now_given[key]
        if key in present and same(present[key], given[key]):
            del metadata[key]
        elif key in present:
            conflicts.append(Conflict(key, present[key], None))
    return Merged(metadata, tuple(conflicts), now_given)


def same(one: Any, other: Any) -> bool:  # noqa: ANN401 - any JSON
    """Compare as a database of JSON does: true is not 1, as it is in Python, but 1 is 1.0."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)

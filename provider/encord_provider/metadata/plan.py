"""The fewest changes that give items the metadata they are to have."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Present:
    """An item and the custom metadata it has."""

    uuid: str
    match: str
    """What the wanted metadata is matched by: its name, URL or UUID."""

    metadata: Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """What an upsert will do."""

    changes: dict[str, dict[str, Any]]
    """Item UUID to its whole custom metadata afterwards, for items that change."""

    unchanged: int
    """Items that have the wanted metadata already."""

    unmatched: tuple[str, ...]
    """Wanted entries that no item matches."""


def plan(wanted: Mapping[str, Mapping[str, Any]], present: Iterable[Present]) -> Plan:
    """Compare what is *wanted* with what is *present*.

    Keys that are not wanted stay as they are: the platform replaces an item's metadata as a whole, so a change
    carries the item's other keys along.
    """
    changes: dict[str, dict[str, Any]] = {}
    matched = set()
    unchanged = 0
    for item in present:
        if item.match not in wanted:
            continue
        matched.add(item.match)
        merged = {**item.metadata, **wanted[item.match]}
        if _same(merged, item.metadata):
            unchanged += 1
        else:
            changes[item.uuid] = merged
    return Plan(changes, unchanged, tuple(sorted(set(wanted) - matched)))


def _same(one: Any, other: Any) -> bool:  # noqa: ANN401 - any JSON
    """Compare as a database of JSON does: true is not 1, as it is in Python, but 1 is 1.0."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)

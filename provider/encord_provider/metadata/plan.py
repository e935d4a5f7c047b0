"""The fewest changes that give items the metadata they are to have."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from encord_provider.metadata.merge import Conflict, MergeRules, merge, same


@dataclass(frozen=True)
class Present:
    """An item and the custom metadata it has."""

    uuid: str
    match: str
    """What the wanted metadata is matched by: its name, URL, UUID, or the value of a key."""

    metadata: Mapping[str, Any]
    given: Mapping[str, Any] = field(default_factory=dict)
    """What the table gave it last."""


@dataclass(frozen=True)
class Change:
    """What becomes of one item's metadata."""

    item: str
    match: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    given: Mapping[str, Any]
    """What the table gave it last, before this change."""

    conflicts: tuple[Conflict, ...] = ()
    """What somebody else wrote; also when it stays, and nothing else changes."""

    @property
    def is_one(self) -> bool:
        """Whether anything changes."""
        return not same(self.before, self.after)

    def as_json(self) -> dict[str, Any]:
        """Return what a person, and an undo, want to know."""
        conflicts = [asdict(conflict) for conflict in self.conflicts]
        return {
            "item": self.item,
            "match": self.match,
            "before": self.before,
            "after": self.after,
            "conflicts": conflicts,
        }


@dataclass(frozen=True)
class Plan:
    """What an upsert will do."""

    updates: Mapping[str, Change]
    """Items that change, by UUID."""

    conflicts: tuple[Change, ...]
    """Items with a value that somebody else wrote, whether they change or not."""

    learned: Mapping[str, Mapping[str, Any]]
    """What items that do not change turn out to have of the table."""

    unchanged: int
    """Items that the table has metadata for and that stay as they are."""

    unmatched: tuple[str, ...]
    """Wanted entries that no item matches."""


def plan(
    wanted: Mapping[str, Mapping[str, Any]], present: Iterable[Present], rules: MergeRules | None = None
) -> Plan:
    """Compare what is *wanted* with what is *present*."""
    updates: dict[str, Change] = {}
    conflicts: list[Change] = []
    learned: dict[str, Mapping[str, Any]] = {}
    unchanged = 0
    missing = set(wanted)
    for item in present:
        if item.match not in wanted:
            continue
        missing.discard(item.match)
        merged = merge(item.metadata, wanted[item.match], item.given, rules or MergeRules())
        change = Change(item.uuid, item.match, item.metadata, merged.metadata, item.given, merged.conflicts)
        if change.conflicts:
            conflicts.append(change)
        if change.is_one:
            updates[item.uuid] = change
            continue
        unchanged += 1
        if merged.given != item.given:
            learned[item.uuid] = merged.given
    return Plan(updates, tuple(conflicts), learned, unchanged, tuple(sorted(missing)))

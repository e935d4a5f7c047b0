"""An object's state in the ledger, and which state may follow which."""

from enum import StrEnum
from typing import Final


class Fate(StrEnum):
    """What became of one object version."""

    NEW = "new"
    """Seen in the bucket, in no manifest yet."""

    PLANNED = "planned"
    """In a manifest that no upload job is known for."""

    SUBMITTED = "submitted"
    """In a manifest whose upload job is known."""

    REGISTERED = "registered"
    """In the folder, through this ledger or before it."""

    QUARANTINED = "quarantined"
    """Not to be registered as it is, with a reason; new again by a replay, or when one of its group is replaced."""

    CHANGED = "changed"
    """A new version of an object that is registered; the folder keeps the URL it has."""

    SUPERSEDED = "superseded"
    """Was registered; its item was set aside for that of a newer version."""

    GONE = "gone"
    """Was registered; the object is no longer in the bucket, and if it comes again it counts as new."""


FOLLOWS: Final[dict[Fate, frozenset[Fate]]] = {
    Fate.NEW: frozenset({Fate.PLANNED, Fate.QUARANTINED}),
    Fate.PLANNED: frozenset({Fate.SUBMITTED, Fate.REGISTERED, Fate.QUARANTINED}),
    Fate.SUBMITTED: frozenset({Fate.REGISTERED, Fate.QUARANTINED, Fate.PLANNED, Fate.NEW}),
    Fate.REGISTERED: frozenset({Fate.SUPERSEDED, Fate.GONE}),
    Fate.QUARANTINED: frozenset({Fate.NEW}),
    Fate.CHANGED: frozenset({Fate.NEW, Fate.GONE}),
    Fate.SUPERSEDED: frozenset({Fate.NEW}),
    Fate.GONE: frozenset({Fate.NEW}),
}
"""The legal transitions; a fate may always follow itself, so that any step can be repeated."""


OPEN: Final = frozenset({Fate.NEW, Fate.PLANNED, Fate.SUBMITTED})
"""The fates of objects of which it is not known yet whether they land."""


def may_precede(fate: Fate) -> frozenset[Fate]:
    """Return the fates that *fate* may follow, itself included."""
    return frozenset(before for before, after in FOLLOWS.items() if fate in after) | {fate}

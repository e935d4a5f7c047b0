"""Why a unit was refused: Encord's words, or ours, sorted by who can mend it."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from encord_provider.errors import NotFound


class Cause(StrEnum):
    """What stands behind a refusal."""

    PERMISSION = "permission"
    MISSING = "missing"
    WRONG_KIND = "wrong kind"
    CORRUPT = "corrupt"
    LIMIT = "limit"
    LATE = "late"
    UNPROVEN = "unproven"
    METADATA = "metadata"
    PLATFORM = "platform"

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return _REMEDIES[self]


def as_causes(given: str | Iterable[str]) -> frozenset[Cause]:
    """Return the causes of these names, all of them when none is given.

    Raises:
        NotFound: A name that no cause has.

    """
    names = [given] if isinstance(given, str) else list(given)
    for unknown in sorted(set(names) - {cause.value for cause in Cause} - {""}):
        raise NotFound("cause", unknown, f"they are {', '.join(Cause)}")
    return frozenset(Cause(name) for name in names if name) or frozenset(Cause)


_REMEDIES: Final = {
    Cause.PERMISSION: "let the integration in Encord read the object, then register it again",
    Cause.MISSING: "put the object back, or leave it: it was gone when Encord came for it",
    Cause.WRONG_KIND: "give the file the ending of what it is, or exclude it",
    Cause.CORRUPT: "write the file again, whole; its new version is registered by itself",
    Cause.LIMIT: "make it smaller, split it, or ask Encord for a higher limit",
    Cause.LATE: "give the group time: settle_seconds, or a rule for when it is whole",
    Cause.UNPROVEN: "write the file again so that it says what it is, or probe it with safe, not require",
    Cause.METADATA: "mend the table, the side file or the function that its custom metadata comes from",
    Cause.PLATFORM: "ask Encord's support, with the reason in these words",
}

_WORDS: Final = (
    (Cause.LATE, r"came late|came after its group"),
    (Cause.UNPROVEN, r"its metadata is required, and"),
    (Cause.METADATA, r"side file|custom metadata|the metadata function|or the schema|begin with a dollar"),
    (
        Cause.PERMISSION,
        r"denied|forbidden|permission|(un|not )authori[sz]ed|credentials|write access|client-only",
    ),
    (Cause.MISSING, r"does not exist|no such (key|object|file|bucket)|not found|never uploaded"),
    (
        Cause.LIMIT,
        r"too (many|large|long|big)|(larger|longer|more) than|over the limit|exceeds|at most|Encord takes \d",
    ),
    (Cause.WRONG_KIND, r"its name says|its bytes are"),
    (Cause.CORRUPT, r"damaged|truncated|cut off|corrupt|empty|invalid|incomplete|not? UTF-8"),
    (Cause.CORRUPT, r"has no (rows|pages|duration|voxels|pixels)|missing from|lacks? |lost its index"),
    (Cause.CORRUPT, r"can(not)? be (read|decoded|opened)|not a DICOM file|no NIfTI file"),
    (Cause.CORRUPT, r"should be consistent|in a series of|repeats the instance"),
    (Cause.WRONG_KIND, r"expected .*, got|no kind for|(un|not )supported|of type"),
)
"""In this order: a file that is too large may also be called invalid."""


def cause_of(reason: str) -> Cause:
    """Return what stands behind *reason*; what no word gives away is the platform's to explain."""
    found = (cause for cause, words in _WORDS if re.search(words, reason, re.IGNORECASE))
    return next(found, Cause.PLATFORM)

"""Where to split a range of keys nobody has seen yet.

The guess goes by the keys that were seen: how many characters neighbours share, and which characters occur. It need
not be good. A listing that begins there shows whether there are keys, and a page that it finds is never wasted.
"""

import os
from collections.abc import Sequence

from encord_provider.buckets.key_order import LAST

UNFIT = frozenset("/.")
"""What a guess may not end in: it would be another key, or none at all."""


def shared(low: str, high: str) -> int:
    """Return how many characters two keys have in common at their beginning."""
    return len(os.path.commonprefix((low, high)))  # noqa: RUF071 - characters are meant, not directories


def split_point(low: str, high: str, agreed: int, alphabet: Sequence[str], searched: int) -> str | None:
    """Return a text between two keys, near the middle of what may lie there.

    Args:
        low: The last key that was seen.
        high: Nothing of the range lies at or above it.
        agreed: How many characters all keys near *low* share.
        alphabet: Characters of keys, ascending.
        searched: Keys of the range that share fewer characters than this with *low* were found before.

    Returns:
        None when a page or two may be all that is left.

    """
    at = shared(low, high)
    if min(agreed, searched) - at > 1:
        # Neighbours share more than the range must: look first whether all of the range does.
        return low[: (at + min(agreed, searched)) // 2] + LAST
    for place in range(at, min(agreed + 1, len(low))):
        top = high[place] if place == at and place < len(high) else LAST
        between = [character for character in alphabet if low[place] < character < top]
        if between:
            return low[:place] + between[len(between) // 2]
        if place == at and len(high) > at + 1 and low[at] < top and top not in UNFIT:
            return high[: at + 1]
    return None

"""The orders in which stores list their keys.

Nobody says which one a store follows, and a wrong guess would lose objects. So a key counts as after another
only where all of these orders say so; where they differ, a listing goes by what the store itself shows.
"""

from collections.abc import Callable, Sequence
from itertools import islice
from operator import lt
from typing import Any, Final

ORDERS: Final[tuple[Callable[[str], Any], ...]] = (
    str,  # by UTF-8 bytes, which is also by code points: S3, Google (docs.aws.amazon.com, ListObjectsV2)
    lambda key: key.split("/"),  # directory by directory: SeaweedFS, Azure with a hierarchical namespace
    lambda key: key.encode("utf-16-be"),  # by UTF-16 code units: Azurite
)

LAST: Final = "\ufffd"
"""A character above nearly all that keys hold; what is above it is found all the same, only later."""


_FIT: Final = [chr(code) for code in range(0x20, 0x7F) if chr(code) not in "/."]
_BELOW: Final = dict(zip(_FIT[1:], _FIT, strict=False))
"""Characters of ASCII to those before them; no key of obstore's has a segment that is a dot, or empty."""


def is_after(key: str, other: str) -> bool:
    """Tell whether *key* comes after *other*, whichever order the store follows."""
    return all(order(key) > order(other) for order in ORDERS)


def in_order(keys: Sequence[str]) -> bool:
    """Tell whether *keys* ascend in one of the orders."""
    return any(_ascend(list(map(order, keys))) for order in ORDERS)


def just_before(prefix: str) -> str | None:
    """Return a text after which every key with *prefix* comes, and few others; None where there is none."""
    place = _BELOW.get(
        prefix[-1:]
    )  # a prefix that ends in a slash has none: all keys of a directory are listed anyway
    return prefix[:-1] + place + LAST if place else None


def _ascend(keys: Sequence[Any]) -> bool:
    return all(map(lt, keys, islice(keys, 1, None)))

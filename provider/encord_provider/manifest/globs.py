"""Which keys of a bucket are meant."""

import re
from collections.abc import Iterable

from wcmatch import glob

FLAGS = glob.GLOBSTAR | glob.DOTGLOB | glob.FORCEUNIX | glob.CASE
"""``*`` stays within a path segment, ``**`` crosses them, names that begin with a dot count, case matters."""

EVERYTHING = "**"
"""The glob that every key matches; it is not even tried."""


def as_globs(given: str | Iterable[str]) -> tuple[str, ...]:
    """Return globs as a tuple; a text alone is one glob, not its letters."""
    return (given,) if isinstance(given, str) else tuple(given)


def escape(text: str) -> str:
    """Return the glob that stands for *text* itself."""
    return glob.escape(text)


class KeyFilter:
    """Decide by globs whether a key is wanted: some *include* glob matches and no *exclude* glob does."""

    def __init__(self, include: str | Iterable[str] = ("**",), exclude: str | Iterable[str] = ()) -> None:
        included = as_globs(include)
        self._include = None if EVERYTHING in included else _matchers(included)
        self._exclude = _matchers(as_globs(exclude))

    def __contains__(self, key: str) -> bool:
        """Tell whether *key*, relative to the source's prefix, is wanted."""
        if self._include is not None and not any(matches.fullmatch(key) for matches in self._include):
            return False
        return not any(matches.fullmatch(key) for matches in self._exclude)


def _matchers(globs: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    """Return the regular expression of each glob: a listing asks them for every key, millions of times."""
    expressions, _ = glob.translate(as_globs(globs), flags=FLAGS, limit=0)
    return tuple(re.compile(expression) for expression in expressions)

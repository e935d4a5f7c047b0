"""Which keys of a bucket are meant."""

import re
from collections.abc import Iterable

from wcmatch import glob

from encord_provider.errors import BadPattern

FLAGS = glob.GLOBSTAR | glob.DOTGLOB | glob.FORCEUNIX | glob.CASE
"""``*`` stays within a path segment, ``**`` crosses them, names that begin with a dot count, case matters."""

EXPRESSION = "re:"
"""What a regular expression begins with, so that it is not taken for a glob."""

EVERYTHING = "**"
"""The glob that every key matches; it is not even tried."""


def as_globs(given: str | Iterable[str]) -> tuple[str, ...]:
    """Return globs as a tuple; a text alone is one glob, not its letters."""
    return (given,) if isinstance(given, str) else tuple(given)


def escape(text: str) -> str:
    """Return the glob that stands for *text* itself."""
    return glob.escape(text)


class KeyFilter:
    """Decide whether a key is wanted: some *include* pattern matches and no *exclude* pattern does.

    A pattern is a glob or, behind ``re:``, a regular expression of Python's. Either must match the whole key.

    Raises:
        BadPattern: A regular expression that cannot be used.

    """

    def __init__(self, include: str | Iterable[str] = ("**",), exclude: str | Iterable[str] = ()) -> None:
        included = as_globs(include)
        self._include = None if EVERYTHING in included else _matchers("include", included)
        self._exclude = _matchers("exclude", as_globs(exclude))

    @property
    def takes_all(self) -> bool:
        """Whether there is nothing to try."""
        return self._include is None and not self._exclude

    def __contains__(self, key: str) -> bool:
        """Tell whether *key*, relative to the directory of the source, is wanted."""
        if self._include is not None and not any(matches.fullmatch(key) for matches in self._include):
            return False
        return not any(matches.fullmatch(key) for matches in self._exclude)


def _matchers(argument: str, patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    """Return the regular expression of each pattern: a listing asks them for every key, millions of times."""
    return tuple(_matcher(argument, pattern) for pattern in patterns)


def _matcher(argument: str, pattern: str) -> re.Pattern[str]:
    if not pattern.startswith(EXPRESSION):
        ((expression,), _) = glob.translate(pattern, flags=FLAGS)
        return re.compile(expression)
    try:
        return re.compile(pattern.removeprefix(EXPRESSION))
    except re.error as error:
        raise BadPattern(argument, pattern, str(error)) from None

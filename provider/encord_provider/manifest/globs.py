"""Which keys of a bucket are meant."""

from collections.abc import Iterable

from wcmatch import glob

FLAGS = glob.GLOBSTAR | glob.DOTGLOB | glob.FORCEUNIX | glob.CASE
"""``*`` stays within a path segment, ``**`` crosses them, names that begin with a dot count, case matters."""


def as_globs(given: str | Iterable[str]) -> tuple[str, ...]:
    """Return globs as a tuple; a text alone is one glob, not its letters."""
    return (given,) if isinstance(given, str) else tuple(given)


def escape(text: str) -> str:
    """Return the glob that stands for *text* itself."""
    return glob.escape(text)


class KeyFilter:
    """Decide by globs whether a key is wanted: some *include* glob matches and no *exclude* glob does."""

    def __init__(self, include: str | Iterable[str] = ("**",), exclude: str | Iterable[str] = ()) -> None:
        self._include = glob.compile(as_globs(include), flags=FLAGS, limit=0)
        excluded = as_globs(exclude)
        self._exclude = glob.compile(excluded, flags=FLAGS, limit=0) if excluded else None

    def __contains__(self, key: str) -> bool:
        """Tell whether *key*, relative to the source's prefix, is wanted."""
        return self._include.match(key) and not (self._exclude and self._exclude.match(key))

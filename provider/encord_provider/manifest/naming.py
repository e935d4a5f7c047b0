"""Titles and custom metadata that a key itself tells: by a template, or by a regular expression with named groups."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from encord_provider.errors import BadPattern

_FIELD: Final = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)(:path)?\}")

Converter = Callable[[str], Any]
"""Text of a group to a value of custom metadata, for example ``int``."""


@dataclass(frozen=True)
class PathRule:
    """What the path of an object says of it.

    A key that does not match says nothing. Where a converter cannot read a part, the part stays text: the metadata
    schema then tells of it.

    Raises:
        BadPattern: Not a regular expression, or a title or converter that names a group it does not have.

    """

    pattern: str
    """Regular expression over the whole key, with named groups; `from_template` makes one."""

    title: str | None = None
    """Template of the title over the groups, for example ``{camera} {date}``; None: titles stay as they are."""

    converters: Mapping[str, Converter] = field(default_factory=dict)
    """Group to what reads it; other groups are text."""

    def __post_init__(self) -> None:
        try:
            known = set(re.compile(self.pattern, re.DOTALL).groupindex)
        except re.error as error:
            raise BadPattern("pattern", self.pattern, f"not a regular expression: {error}") from error
        used = {match[1] for match in _FIELD.finditer(self.title or "")} | set(self.converters)
        if used - known:
            missing = ", ".join(sorted(used - known))
            raise BadPattern("pattern", self.pattern, f"it has no group named {missing}")

    @classmethod
    def from_template(
        cls, template: str, title: str | None = None, converters: Mapping[str, Converter] | None = None
    ) -> "PathRule":
        """Make a rule of a template such as ``{site}/{camera}/{date}/{name}``.

        A field stands for a part of one path segment, ``{rest:path}`` for any part of the path.

        Raises:
            BadPattern: A field stands twice.

        """
        pattern, at = "", 0
        for match in _FIELD.finditer(template):
            taken = ".+?" if match[2] else "[^/]+?"
            pattern += f"{re.escape(template[at : match.start()])}(?P<{match[1]}>{taken})"
            at = match.end()
        return cls(pattern + re.escape(template[at:]), title, converters or {})

    def metadata(self, key: str) -> dict[str, Any]:
        """Return the custom metadata that *key* tells."""
        found = self._groups(key)
        return {name: self._converted(name, text) for name, text in found.items() if text is not None}

    def title_of(self, key: str) -> str | None:
        """Return the title that *key* tells, or None."""
        found = self._groups(key)
        if self.title is None or not found:
            return None
        return _FIELD.sub(lambda match: found[match[1]] or "", self.title)

    def _groups(self, key: str) -> dict[str, str | None]:
        match = re.fullmatch(self.pattern, key, re.DOTALL)
        return match.groupdict() if match else {}

    def _converted(self, name: str, text: str) -> Any:  # noqa: ANN401 - what a converter returns
        converter = self.converters.get(name)
        if converter is None:
            return text
        try:
            return converter(text)
        except (ValueError, TypeError, ArithmeticError):
            return text

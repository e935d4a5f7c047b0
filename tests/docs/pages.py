"""The pages and the README, read as what they hold: sections, tables, blocks of code."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).parents[2]
PAGES = REPOSITORY / "docs" / "pages"

_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_CODE = re.compile(r"`([^`\n]+)`")


class Block(NamedTuple):
    """A fenced block of code."""

    language: str
    code: str


@dataclass(frozen=True)
class Page:
    """A page, or a section of one."""

    path: Path
    text: str

    @classmethod
    def read(cls, name: str) -> "Page":
        """Read a page by its path below ``docs/pages``, without the ending."""
        path = PAGES / f"{name}.md"
        return cls(path, path.read_text())

    def under(self, heading: str) -> "Page":
        """Return the section *heading*, up to the next heading of its level or above."""
        (found,) = (match for match in _HEADING.finditer(self._prose) if match[2] == heading)
        ends = (m.start() for m in _HEADING.finditer(self._prose, found.end()) if len(m[1]) <= len(found[1]))
        return Page(self.path, self.text[found.end() : next(ends, None)])

    def headings(self) -> list[str]:
        """Return its headings, from the top."""
        return [match[2] for match in _HEADING.finditer(self._prose)]

    def blocks(self, *languages: str) -> list[Block]:
        """Return its blocks of code, of these languages or of any."""
        found = (Block(match[1], match[3]) for match in _BLOCK.finditer(self.text))
        return [block for block in found if not languages or block.language in languages]

    def table(self, number: int = 0) -> list[list[str]]:
        """Return the rows of one of its tables, by its *number* from the top; the header is left out."""
        return list(self._tables())[number][2:]

    @property
    def _prose(self) -> str:
        """The text with its code blanked out: a comment in a shell is no heading."""
        return _BLOCK.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), self.text)

    def _tables(self) -> Iterator[list[list[str]]]:
        rows: list[list[str]] = []
        for line in [*self._prose.splitlines(), ""]:
            if line.startswith("|"):
                rows.append([cell.strip() for cell in line.strip("|").split("|")])
            elif rows:
                yield rows
                rows = []


def readme() -> Page:
    """Read the README."""
    path = REPOSITORY / "README.md"
    return Page(path, path.read_text())


def all_pages() -> list[Page]:
    """Read every page, and the README."""
    return [readme(), *(Page(path, path.read_text()) for path in sorted(PAGES.rglob("*.md")))]


def code(cell: str) -> list[str]:
    """Return what stands in a cell, or in a text, as code."""
    return _CODE.findall(cell)


def first_code(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return what the first column of a table holds as code, from the top."""
    return [name for row in rows for name in code(row[0])]

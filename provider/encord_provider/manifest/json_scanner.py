"""A manifest in JSON, one value at a time: what lies at its top is walked here, values are Python's to decode.

Nothing that comes with Airflow reads JSON as a stream and tells duplicate keys; Python's own decoder, which starts
at any position of a text, needs only this walk around it.
"""

import codecs
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final, NamedTuple

_CHUNK: Final = 1024 * 1024
"""Bytes read at once; a value that is longer is read on until it is whole."""

_MARGIN: Final = 16
"""Characters at the end of what has been read that may be half of a literal or an escape."""

_SPACE: Final = " \t\n\r"


class Unreadable(Exception):
    """The text stops being JSON, and nothing after that can be told apart."""

    def __init__(self, rule: str, problem: str, line: int, column: int) -> None:
        super().__init__(rule, problem, line, column)
        self.rule = rule
        self.problem = problem
        self.line = line
        self.column = column


class Slip(NamedTuple):
    """A breach of JSON's rules after which reading can go on."""

    rule: str
    problem: str
    line: int
    is_clear: bool
    """Whether what was meant is clear all the same."""


class Value(NamedTuple):
    """A value at the top of the document, or an element of a list there."""

    key: str
    number: int | None
    """Of an element, from 0; None for a value that is no list."""

    value: Any
    line: int
    slips: tuple[Slip, ...] = ()


class Key(NamedTuple):
    """A key at the top, before its value."""

    name: str
    line: int


@dataclass
class Scanner:
    """Walk the object that a manifest is.

    Raises:
        Unreadable: While it is walked; see there.

    """

    stream: BinaryIO
    size: int = 0
    """Bytes read so far."""
    _text: str = ""
    _at: int = 0
    _line: int = 1
    _counted: int = 0
    """Up to where the line breaks of `_text` are in `_line`."""
    _ended: bool = False
    _decoder: codecs.IncrementalDecoder = field(default_factory=codecs.getincrementaldecoder("utf-8-sig"))
    _slips: list[tuple[str, str, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        hooks: dict[str, Any] = {"object_pairs_hook": self._pairs, "parse_constant": self._constant}
        self._json = json.JSONDecoder(**hooks)
        self._patient = json.JSONDecoder(**hooks, parse_int=self._integer)
        """Slower: takes numbers of more digits than Python reads."""

    def __iter__(self) -> Iterator[Key | Value | Slip]:
        """Yield keys, values and elements in order."""
        self._expect("{", "a manifest, which is an object in braces")
        while self._next() != "}":
            key = Key(self._string(), self._line_here())
            yield key
            self._expect(":", f"a colon after the key {key.name!r}")
            if self._next() == "[":
                yield from self._elements(key)
            else:
                yield self._value(key.name, None)
            yield from self._comma("}", key.name)
        self._at += 1
        if self._next():
            raise self._unreadable("JSON", f"after the end of the manifest stands {self._shown()}")

    def _elements(self, key: Key) -> Iterator[Value | Slip]:
        self._at += 1
        number = 0
        while self._next() != "]":
            yield self._value(key.name, number)
            number += 1
            yield from self._comma("]", key.name)
        self._at += 1

    def _comma(self, end: str, key: str) -> Iterator[Slip]:
        found = self._next()
        if found == end:
            return
        if found != ",":
            raise self._unreadable("JSON", f"expected a comma or {end} after {key}, found {self._shown()}")
        line = self._line_here()
        self._at += 1
        if self._next() == end:
            yield Slip("trailing comma", f"a comma before {end}", line, is_clear=True)

    def _expect(self, character: str, what: str) -> None:
        if self._next() != character:
            raise self._unreadable("JSON", f"expected {what}, found {self._shown()}")
        self._at += 1

    def _string(self) -> str:
        if self._next() != '"':
            raise self._unreadable("JSON", f"expected a key in double quotes, found {self._shown()}")
        return str(self._value("", None).value)

    def _value(self, key: str, number: int | None) -> Value:
        """Decode the value that begins here, reading on until it is whole."""
        self._next()
        line = self._line_here()
        commas: list[Slip] = []
        size = _CHUNK
        while True:
            self._slips.clear()
            try:
                value, end = self._json.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if not self._ended and (
                    error.msg.startswith("Unterminated") or error.pos >= len(self._text) - _MARGIN
                ):
                    self._read(size)
                    size *= 2
                elif (comma := self._trailing_comma(error.pos)) is not None:
                    commas.append(
                        Slip("trailing comma", "a comma before the end", self._line_at(comma), True)
                    )
                    self._text = f"{self._text[:comma]} {self._text[comma + 1 :]}"
                else:
                    is_cut = error.msg.startswith("Unterminated") or error.pos >= len(self._text)
                    problem = "the file ends within a value that begins here" if is_cut else error.msg
                    raise self._unreadable("JSON", problem, self._at if is_cut else error.pos) from error
            except RecursionError as error:
                raise self._unreadable("JSON depth", "a value is nested too deeply") from error
            except ValueError as error:  # an integer of too many digits
                if self._json is self._patient:
                    raise self._unreadable("JSON", str(error)) from error
                self._json = self._patient
            else:
                if end < len(self._text) or self._ended:
                    slips = commas + [
                        Slip(rule, problem, line, clear) for rule, problem, clear in self._slips
                    ]
                    self._at = end
                    return Value(key, number, value, line, tuple(slips))
                self._read(size)  # a number at the end may go on

    def _trailing_comma(self, error: int) -> int | None:
        """Return where the comma is that stands before a closing bracket, if that is what stopped the decoder."""
        comma = error
        while self._text[comma : comma + 1] in tuple(_SPACE):
            comma += 1
        if self._text[comma : comma + 1] in ("}", "]"):
            comma -= 1
            while comma > self._at and self._text[comma] in _SPACE:
                comma -= 1
        if self._text[comma : comma + 1] != ",":
            return None
        after = self._text[comma + 1 : comma + 1 + _CHUNK].lstrip(_SPACE)[:1]
        return comma if after in ("}", "]") else None

    def _next(self) -> str:
        """Go to the next character that is no white space and return it; empty at the end."""
        while True:
            text, at = self._text, self._at
            while at < len(text):
                if text[at] not in _SPACE:
                    self._at = at
                    return text[at]
                at += 1
            self._at = at
            if self._ended:
                return ""
            self._read(_CHUNK)

    def _read(self, size: int) -> None:
        """Read on, and forget what lies behind."""
        self._line = self._line_here()
        content = self.stream.read(size)
        self.size += len(content)
        self._ended = not content
        try:
            more = self._decoder.decode(content, final=self._ended)
        except UnicodeDecodeError as error:
            before = self._text[self._at :] + error.object[: error.start].decode()
            line, column = self._line + before.count("\n"), len(before) - before.rfind("\n")
            raise Unreadable("UTF-8", f"not UTF-8: {error.reason}", line, column) from error
        self._text = self._text[self._at :] + more
        self._at = self._counted = 0

    def _line_here(self) -> int:
        """Return the number of the present line."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _line_at(self, position: int) -> int:
        return self._line_here() + self._text.count("\n", self._at, position)

    def _unreadable(self, rule: str, problem: str, position: int | None = None) -> Unreadable:
        at = self._at if position is None else position
        return Unreadable(rule, problem, self._line_at(at), at - self._text.rfind("\n", 0, at))

    def _shown(self) -> str:
        return (
            repr(self._text[self._at : self._at + 20])
            if self._at < len(self._text)
            else "the end of the file"
        )

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            first: dict[str, Any] = {}
            for key, value in pairs:
                if key in first:
                    is_same = first[key] == value
                    problem = f"the key {key!r} stands twice in one object" + (
                        "" if is_same else ", and differs"
                    )
                    self._slips.append(("duplicate key", problem, is_same))
                first.setdefault(key, value)
        return found

    def _constant(self, name: str) -> float:
        self._slips.append(("JSON", f"{name} is not JSON", False))
        return float(name)

    def _integer(self, digits: str) -> float:
        try:
            return int(digits)
        except ValueError:
            self._slips.append(("JSON", f"a number of {len(digits)} digits", False))
            return math.inf

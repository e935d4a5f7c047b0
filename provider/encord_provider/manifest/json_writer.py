"""Units to a manifest in JSON, one after another: memory does not grow with their number."""

import hashlib
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO

from encord_provider.errors import BadManifest
from encord_provider.manifest import external, typed
from encord_provider.manifest.layout import SEPARATOR, encode, text_of
from encord_provider.manifest.units import Unit

_IN_MEMORY = 4 * 1024 * 1024
"""Bytes of one list that wait in memory until the lists before it are complete; more wait on disk."""

_AT_ONCE = 512
"""Units that are written together."""


class Dialect(StrEnum):
    """How a manifest in JSON spells its units."""

    DOCUMENTED = "json"
    """What people write and the platform's own dialog takes: ``objectUrl_0``, ``image_groups``."""

    TYPED = "typed"
    """What the SDK's typed classes send: ``images: [{"url": ...}]``, ``imageGroups``."""


@dataclass(frozen=True)
class Flags:
    """What an upload job does with units that the folder has already."""

    skip_duplicate_urls: bool = True
    """Skip units whose URLs the folder already has, compared as text: a repeated job does nothing twice."""

    upsert_metadata: bool = False
    """Overwrite the custom metadata of units that are there already; needs `skip_duplicate_urls`."""


@dataclass(frozen=True)
class Written:
    """What was written."""

    units: int
    urls: int
    size: int
    """Bytes."""

    digest: str
    """The first 32 hexadecimal digits of the SHA-256 of the bytes."""


@dataclass
class _List:
    """The entries under one top-level key."""

    file: IO[bytes]
    waiting: list[str] = field(default_factory=list)
    begun: bool = False

    def add(self, text: str) -> None:
        self.waiting.append(text)
        if len(self.waiting) >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        if self.waiting:
            text = SEPARATOR.join(self.waiting)
            self.file.write((SEPARATOR + text if self.begun else text).encode())
            self.begun = True
            self.waiting.clear()


class _Digesting:
    """A file that counts and digests what it is given."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.size = 0
        self.sha256 = hashlib.sha256()

    def write(self, content: bytes) -> int:
        self.size += len(content)
        self.sha256.update(content)
        return self.out.write(content)


def write_json(
    units: Iterable[Unit],
    out: BinaryIO,
    flags: Flags | Callable[[], Flags] | None = None,
    dialect: Dialect = Dialect.DOCUMENTED,
    name: str = "manifest",
) -> Written:
    """Write a manifest of *units* to *out*; the same units give the same bytes.

    Lists stand in the order in which their first unit came. The first is written as it comes, the others wait.
    *flags* may be a function, which is called at the end: a manifest that is read says them anywhere.

    Raises:
        BadManifest: A unit that this dialect has no place for, or that JSON cannot say.

    """
    key_of, render = _words(dialect)
    digesting = _Digesting(out)
    lists: dict[str, _List] = {}
    count = urls = 0
    digesting.write(b"{\n")
    try:
        for unit in units:
            key = key_of(unit)
            entries = lists.get(key)
            if entries is None:
                entries = lists[key] = _begin(key, digesting, first=not lists)
            entries.add(_rendered(unit, render, name))
            count += 1
            urls += len(unit.urls)
        _finish(lists, digesting, flags() if callable(flags) else flags or Flags(), dialect)
    except UnicodeEncodeError as error:
        raise BadManifest(name, [f"half a character in a text, which UTF-8 cannot say: {error}"]) from error
    return Written(count, urls, digesting.size, digesting.sha256.hexdigest()[:32])


def _rendered(unit: Unit, render: Callable[[Unit], str], name: str) -> str:
    try:
        return render(unit)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadManifest(name, [f"{unit.title}: {error}"]) from error


def _words(dialect: Dialect) -> tuple[Callable[[Unit], str], Callable[[Unit], str]]:
    if dialect is Dialect.TYPED:
        return typed.key_of, lambda unit: encode(typed.typed_entry_of(unit))
    return external.key_of, _documented


def _documented(unit: Unit) -> str:
    lost = external.unsayable(unit) if unit.files else None
    if lost:
        raise ValueError(f"the documented JSON has no place for {lost}; write the typed form")
    return text_of(unit)


def _begin(key: str, digesting: _Digesting, *, first: bool) -> _List:
    file: Any = digesting if first else SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - `_finish` closes it
    entries = _List(file)
    entries.file.write(f'"{key}": [\n'.encode())
    return entries


def _finish(lists: dict[str, _List], digesting: _Digesting, flags: Flags, dialect: Dialect) -> None:
    for entries in lists.values():
        entries.flush()
        entries.file.write(b"\n]" + SEPARATOR.encode())
        if isinstance(entries.file, SpooledTemporaryFile):
            with entries.file as spooled:
                spooled.seek(0)
                shutil.copyfileobj(spooled, digesting)
    names = ("skip_duplicate_urls", "upsert_metadata")
    if dialect is Dialect.TYPED:
        names = ("skipDuplicateUrls", "upsertMetadata")
    values = (flags.skip_duplicate_urls, flags.upsert_metadata)
    lines = [f'"{name}": {encode(value)}' for name, value in zip(names, values, strict=True)]
    digesting.write((SEPARATOR.join(lines) + "\n}\n").encode())

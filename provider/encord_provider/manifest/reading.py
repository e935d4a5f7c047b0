"""A manifest of any form, opened for reading, and its good units kept from its faulty ones."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO, Final, TypeAlias

from encord_provider.manifest.csv_reader import CsvReader
from encord_provider.manifest.faults import Fault, Severity
from encord_provider.manifest.json_reader import JsonReader
from encord_provider.manifest.json_writer import Flags
from encord_provider.manifest.limits import Limits
from encord_provider.manifest.readings import Reading
from encord_provider.manifest.schema import MetadataSchema
from encord_provider.manifest.units import Unit

Reader: TypeAlias = "JsonReader | CsvReader | NoManifest"

_PEEKED: Final = 1024
"""Bytes that are looked at to tell JSON from CSV."""

_JSON: Final = (b"{", b"[", b"/")
"""How JSON begins, and a comment in it, which is a fault that its reader tells better."""

_BOM: Final = b"\xef\xbb\xbf"


_FOREIGN: Final = {
    b"\x1f\x8b": "it is packed by gzip",
    b"BZh": "it is packed by bzip2",
    b"\xfd7zXZ": "it is packed by xz",
    b"\x28\xb5\x2f\xfd": "it is packed by zstd",
    b"PK\x03\x04": "it is a ZIP archive, or a spreadsheet",
    b"\xff\xfe": "it is UTF-16",
    b"\xfe\xff": "it is UTF-16",
}
"""How files begin that are taken for manifests by mistake."""


class NoManifest:
    """A file that is no manifest, as its first bytes tell: read as nothing but that fault."""

    def __init__(self, problem: str, limits: Limits) -> None:
        self.limits: Limits | None = limits
        self.faults = [Fault("", "UTF-8", problem, "give plain text in UTF-8", line=1)]
        self.flags = Flags(skip_duplicate_urls=False)
        self.size = 0

    def __iter__(self) -> Iterator[Reading]:
        """Yield nothing."""
        return iter(())


def open_manifest(stream: BinaryIO, limits: Limits | None = None) -> Reader:
    """Return a reader for *stream*, which can be sought: JSON when it begins with a bracket or is empty, else CSV.

    Units are judged by *limits*, by default by Encord's published ones.
    """
    start = stream.read(_PEEKED)
    stream.seek(0)
    for beginning, problem in _FOREIGN.items():
        if start.startswith(beginning):
            return NoManifest(problem, limits or Limits())
    if b"\0" in start:
        return NoManifest("it holds NUL bytes, as UTF-16 does, and what is no text", limits or Limits())
    is_json = start.removeprefix(_BOM).lstrip()[:1] in (*_JSON, b"")
    return (JsonReader if is_json else CsvReader)(stream, limits or Limits())


class Quarantine:
    """Keep the faulty units of a manifest from its good ones; every fault is told as it is found.

    By default a unit goes on when it was read as it was meant; strictly, only when Encord would read it as well.
    """

    def __init__(
        self,
        reader: Reader,
        tell: Callable[[Fault], None],
        *,
        strict: bool = False,
        schema: MetadataSchema | None = None,
    ) -> None:
        self.reader = reader
        self.tell = tell
        self.strict = strict
        self.schema = schema
        self.good = 0
        """Units that went on."""
        self.kept = 0
        """Entries that make no unit, or a faulty one."""
        self.urls = 0
        self.counts = dict.fromkeys(Severity, 0)
        """Faults of each severity."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing was kept apart, and the manifest as a whole is within the limits."""
        return not self.counts[Severity.ERROR] and not (self.strict and self.counts[Severity.MENDED])

    def units(self) -> Iterator[Unit]:
        """Yield the units that can be registered."""
        told = 0
        for reading in self.reader:
            faults = self._faults(reading)
            for fault in (*self.reader.faults[told:], *faults):
                self._tell(fault)
            told = len(self.reader.faults)
            if reading.unit is not None and not any(map(self._stops, faults)):
                self.good += 1
                self.urls += len(reading.unit.urls)
                yield reading.unit
            else:
                self.kept += 1
        for fault in [*self.reader.faults[told:], *self._totals()]:
            self._tell(fault)

    def _faults(self, reading: Reading) -> tuple[Fault, ...]:
        if self.schema is None or reading.unit is None:
            return reading.faults
        place = reading.place
        broken = self.schema.faults_of(reading.unit)
        return (*reading.faults, *(replace(fault, path=place.path, line=place.line) for fault in broken))

    def _stops(self, fault: Fault) -> bool:
        return fault.severity is Severity.ERROR or (self.strict and fault.severity is Severity.MENDED)

    def _tell(self, fault: Fault) -> None:
        self.counts[fault.severity] += 1
        self.tell(fault)

    def _totals(self) -> Iterator[Fault]:
        """Yield what is wrong with the manifest as a whole; splitting mends it, so no unit is kept from going on."""
        limits = self.reader.limits or Limits()
        size = self.reader.size
        for rule, count, most, noun in (
            ("manifest units", self.good, limits.units, "units"),
            ("manifest URLs", self.urls, limits.urls, "URLs"),
            ("manifest size", size, limits.manifest_bytes, "bytes"),
        ):
            if count > most:
                yield Fault("", rule, f"{count} {noun}, Encord takes {most} in one manifest", "split it")

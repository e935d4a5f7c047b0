"""One file that lists units and the job's flags, whole in memory."""

import hashlib
import io
from dataclasses import dataclass
from typing import Any, Final

from encord_provider.errors import BadManifest
from encord_provider.manifest.faults import Severity
from encord_provider.manifest.json_reader import JsonReader
from encord_provider.manifest.json_writer import Dialect, Flags, write_json
from encord_provider.manifest.typed import typed_document
from encord_provider.manifest.units import Unit

_ALWAYS_WRITTEN: Final = frozenset({"title", "createVideo", "skip_duplicate_urls"})
"""What a manifest of ours never leaves to Encord's defaults."""


@dataclass(frozen=True)
class Manifest:
    """The units of one upload job, and its flags."""

    units: tuple[Unit, ...]

    skip_duplicate_urls: bool = True
    """Skip units whose URLs the folder already has, compared as text: a repeated job does nothing twice."""

    upsert_metadata: bool = False
    """Overwrite the custom metadata of units that are there already; needs `skip_duplicate_urls`."""

    def to_json(self, dialect: Dialect = Dialect.DOCUMENTED) -> bytes:
        """Render the manifest; the same units give the same bytes.

        Raises:
            BadManifest: A unit that this dialect has no place for, or that JSON cannot say.

        """
        out = io.BytesIO()
        write_json(self.units, out, Flags(self.skip_duplicate_urls, self.upsert_metadata), dialect)
        return out.getvalue()

    def to_typed(self) -> dict[str, Any]:
        """Return the body that the SDK's typed form has."""
        return typed_document(
            self.units, skip_duplicate_urls=self.skip_duplicate_urls, upsert_metadata=self.upsert_metadata
        )

    @classmethod
    def from_json(cls, content: bytes, name: str = "manifest") -> "Manifest":
        """Read `to_json` back, of either dialect; units are not judged again, by limits that may be others.

        Raises:
            BadManifest: Not JSON, or not as `to_json` writes it.

        """
        reader = JsonReader(io.BytesIO(content), limits=None)
        readings = list(reader)
        faults = [*reader.faults, *(fault for reading in readings for fault in reading.faults)]
        foreign = [f for f in faults if f.severity is not Severity.NOTE or f.rule in _ALWAYS_WRITTEN]
        if foreign:
            raise BadManifest(name, [str(fault) for fault in foreign])
        units = tuple(reading.unit for reading in readings if reading.unit is not None)
        return cls(units, reader.flags.skip_duplicate_urls, reader.flags.upsert_metadata)


def digest_of(content: bytes) -> str:
    """Return the name of a manifest: 32 hexadecimal digits of the SHA-256 of its bytes."""
    return hashlib.sha256(content).hexdigest()[:32]

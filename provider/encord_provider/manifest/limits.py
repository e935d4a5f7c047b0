"""Encord's published limits and advice, each once, with unit and source; plans differ, so all can be set."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from encord_provider.manifest.kinds import Kind

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What one manifest and one unit may hold. Breaking one of these makes Encord refuse."""

    urls: int = 1_000_000
    """URLs in one manifest (docs.encord.com, "Register cloud data")."""

    units: int = 500_000
    """Units in one manifest (same page)."""

    url_bytes: int = 16 * 1024
    """Bytes of one URL (same page)."""

    title_characters: int = 300
    """Characters of one title (same page, and the OTC guide)."""

    metadata_bytes: int = 10 * MIB
    """Bytes of custom metadata of one unit, as JSON (same page)."""

    manifest_bytes: int = 100 * MIB
    """Bytes of one manifest file (docs.encord.com, "Best practices")."""

    csv_entries: int = 10_000
    """Rows of one CSV manifest, headers left out (docs.encord.com, "Import cloud data", and the OTC guide)."""

    embedding_numbers: int = 4_096
    """Numbers of one embedding in Index (docs.encord.com, "Register cloud data")."""

    active_embedding_numbers: int = 2_000
    """Numbers of one embedding in Active (same page; an older one says 512)."""

    enum_options: int = 256
    """Options of one enum of a metadata schema (encord 0.1.211, wire model)."""

    enum_options_written: int = 255
    """Options up to which an enum can be made or grow (encord 0.1.211, ``add_enum``, one less than it reads)."""

    varchar_characters: int = 8_192
    """Characters of a varchar, where the schema says no less (same source)."""

    channels: int = 100
    """Channels with settings of one time series (encord 0.1.211, ``TimeSeriesViewSettings``)."""


@dataclass(frozen=True)
class Advice:
    """How much Encord advises to put into one upload job; more works, but takes longer to show."""

    units: Mapping[Kind, int] = field(default_factory=lambda: {Kind.VIDEO: 100})
    """Units of one kind in one job; images 1,000 and videos 100 (docs.encord.com, "Import cloud data")."""

    other_units: int = 1_000
    """Units of any kind not named in `units` in one job (the advice for images)."""

    job_bytes: int = 2 * 1024 * MIB
    """Bytes of media in one job, so that it ends within three hours (docs.encord.com, "Private cloud")."""

    def share(self, kind: Kind) -> float:
        """Return which share of a job one unit of *kind* takes up by its count."""
        return 1 / self.units.get(kind, self.other_units)

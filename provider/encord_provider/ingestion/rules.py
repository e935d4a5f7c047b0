"""What a build goes by."""

from dataclasses import dataclass, field

from encord_provider.ingestion.description import Description
from encord_provider.ingestion.probe import Probing
from encord_provider.manifest.completeness import Completeness
from encord_provider.manifest.grouping import Grouping
from encord_provider.manifest.limits import Advice, Limits


@dataclass(frozen=True)
class Rules:
    """How new objects become units, and units manifests."""

    grouping: Grouping
    limits: Limits
    advice: Advice
    manifests: int
    """The most manifests a run may make; they grow beyond the advice before there are more."""

    complete: Completeness = field(default_factory=Completeness)
    """When a group is whole; until then it waits."""

    description: Description = field(default_factory=Description)
    """What units are called, and their custom metadata."""

    probing: Probing = field(default_factory=Probing)
    """Which files are looked at before they are registered; none by default."""

    strict: bool = False
    """Whether one fault refuses the whole build, in place of quarantine for the unit that has it."""

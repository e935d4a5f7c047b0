"""What is done about each kind of file: the switch that users set."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from encord_provider.manifest.kinds import Kind


class Mode(StrEnum):
    """What is done about a kind of file."""

    OFF = "off"
    """Its files are not looked at, but for the study of those of a DICOM series."""

    SAFE = "safe"
    """What is proven is supplied, and Encord finds out the rest by itself."""

    REQUIRE = "require"
    """What is not proven goes to quarantine: an integration with strict client-only access would refuse it."""


PROBED: Final = frozenset(Kind) - {Kind.TIME_SERIES, Kind.SCENE}
"""Kinds whose files are looked at; Encord takes no metadata of the others, and nothing is checked of them."""


def modes_of(wanted: str | Mapping[str, str]) -> dict[Kind, Mode]:
    """Return the mode of each kind: one for all, or as named; kinds that are not named are `Mode.SAFE`.

    Raises:
        ValueError: There is no such kind, or no such mode.

    """
    given = dict.fromkeys(PROBED, wanted) if isinstance(wanted, str) else wanted
    unknown = [f"kind {kind!r}" for kind in given if kind not in PROBED]
    unknown += [f"mode {mode!r}" for mode in dict.fromkeys(given.values()) if mode not in set(Mode)]
    if unknown:
        kinds, modes = ", ".join(sorted(PROBED)), ", ".join(Mode)
        raise ValueError(f"probing has no {', '.join(unknown)}; kinds: {kinds}; modes: {modes}")
    return {**dict.fromkeys(PROBED, Mode.SAFE), **{Kind(kind): Mode(mode) for kind, mode in given.items()}}

"""Which frames of a video are always shown, with metadata and embeddings of their own.

Source: docs.encord.com, "Register cloud data" and "Import cloud data". They state the keys of ``config`` and their
defaults; the block around it, under ``$encord``, is what the SDK's ban on other keys with a dollar leaves room for.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

BLOCK: Final = "$encord"
"""The key of custom metadata under which the block stands."""

OLD_KEY: Final = "keyframes"
"""The key of an older form: a list of frame numbers, reserved in schemas."""

_NUMBER: Final = re.compile(r"[0-9]+")
_SECONDS: Final = re.compile(r"[0-9]+(\.[0-9]+)?")


class KeyFrameMode(StrEnum):
    """What the keys of frames count."""

    FRAME = "frame"
    SECONDS = "seconds"


@dataclass(frozen=True)
class KeyFrames:
    """The frames of a video that matter."""

    frames: Mapping[int | float, Mapping[str, Any]]
    """Frame number, or seconds, to the frame's own metadata and embeddings; an empty one is a mere key frame."""

    sampling_rate: float = 1
    """Samples a second beside the key frames; 0 takes the first frame and the key frames alone."""

    mode: KeyFrameMode = field(default=KeyFrameMode.FRAME)

    def metadata(self) -> dict[str, Any]:
        """Return the custom metadata that says so, to be put among a video's others."""
        config = {"sampling_rate": self.sampling_rate, "keyframe_mode": self.mode.value}
        spell = spelled_seconds if self.mode is KeyFrameMode.SECONDS else str
        frames = {spell(place): dict(own) for place, own in self.frames.items()}
        return {BLOCK: {"config": config, "frames": frames}}


def key_frame_problems(metadata: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the key frames in custom metadata, in either form."""
    old = metadata.get(OLD_KEY)
    if old is not None and not (isinstance(old, list) and all(_is_count(number) for number in old)):
        yield f"{OLD_KEY} is reserved for a list of frame numbers"
    block = metadata.get(BLOCK)
    if block is None:
        return
    if not isinstance(block, Mapping):
        yield f"{BLOCK} is reserved for the block of key frames, an object"
        return
    unknown = sorted(set(block) - {"config", "frames"})
    if unknown:
        yield f"{BLOCK} has keys beside config and frames: {', '.join(unknown)}"
    config, frames = block.get("config", {}), block.get("frames", {})
    if not isinstance(config, Mapping) or not isinstance(frames, Mapping):
        yield f"config and frames of {BLOCK} are objects"
        return
    yield from _config_problems(config)
    pattern = _SECONDS if config.get("keyframe_mode") == KeyFrameMode.SECONDS else _NUMBER
    for place, own in frames.items():
        if not pattern.fullmatch(str(place)):
            yield f"frame {place!r} is no number of {'seconds' if pattern is _SECONDS else 'a frame'}"
        if not isinstance(own, Mapping):
            yield f"frame {place!r} is not an object"


def spelled_seconds(seconds: float) -> str:
    """Spell seconds with all their digits, and without an exponent."""
    return f"{Decimal(str(seconds)).normalize():f}"


def frames_of(metadata: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each frame of the block with its own metadata."""
    block = metadata.get(BLOCK)
    frames = block.get("frames") if isinstance(block, Mapping) else None
    if isinstance(frames, Mapping):
        yield from ((str(place), own) for place, own in frames.items() if isinstance(own, Mapping))


def _config_problems(config: Mapping[str, Any]) -> Iterator[str]:
    unknown = sorted(set(config) - {"sampling_rate", "keyframe_mode"})
    if unknown:
        yield f"config has keys beside sampling_rate and keyframe_mode: {', '.join(unknown)}"
    mode = config.get("keyframe_mode", KeyFrameMode.FRAME)
    if mode not in list(KeyFrameMode):
        yield f"keyframe_mode is {mode!r}, neither frame nor seconds"
    rate = config.get("sampling_rate", 1)
    try:
        number = float(rate) if not isinstance(rate, bool) else math.nan
    except (TypeError, ValueError):
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        yield f"sampling_rate is {rate!r}, not a number of samples a second"


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0

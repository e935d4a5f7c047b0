"""A track of an mp4 or mov: when each of its samples is shown, and where its bytes lie.

FFmpeg gives the same facts one packet at a time, each of which goes through Python. As arrays, those of a film of an
hour cost hardly more than those of a second.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

from encord_provider.media.timeline import Timeline

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers: TypeAlias = NDArray[np.int64]

_SAMPLES_A_CHUNK: Final = 1024
"""Samples of raw sound that FFmpeg indexes together."""

_SAME_SPEED: Final = 1 << 16
"""The media rate of an edit that is played as it is, 16.16 bits."""


@dataclass(frozen=True)
class Edit:
    """One entry of an edit list."""

    length: Fraction
    """Seconds that are shown."""

    start: int
    """Of what is shown, in ticks of its track; -1 for a pause."""

    rate: int


@dataclass(frozen=True)
class Track:
    """One track: the tables of its samples, which are frames or pieces of sound."""

    number: int
    """By which FFmpeg knows it too."""

    is_film: bool
    is_raw_sound: bool
    """Its samples are numbers, many of which FFmpeg indexes together."""

    pixels: int
    """Of one of its pictures, as its format says; meaningless for what is no film."""

    scale: int
    """Ticks a second."""

    sizes: "Integers"
    """Bytes of each sample; one number where all have the same."""

    count: int
    durations: "Integers"
    """Rows of how many samples, and for how many ticks each is shown."""

    delays: "Integers"
    """Rows of how many samples, and by how many ticks each is shown after it is decoded; empty where none is."""

    chunks: "Integers"
    """Where each run of samples begins, in bytes from the start of the file."""

    chunk_lengths: "Integers"
    """How many samples each run has."""

    descriptions: int
    """How many formats its samples have."""

    key_frames: "Integers | None"
    """Numbers of the samples that need no others, from 1; None where all are such."""

    edits: tuple[Edit, ...]

    @property
    def entries(self) -> int:
        """How many entries FFmpeg makes of it in memory."""
        if self.is_raw_sound and len(self.durations) == 1 and self.durations[0, 1] == 1:
            return self.count // _SAMPLES_A_CHUNK + len(self.chunks)
        return self.count

    @cached_property
    def decoded(self) -> "Integers":
        """When each sample is decoded, in ticks."""
        import numpy as np

        steps: Integers = np.repeat(self.durations[:, 1], self.durations[:, 0])
        return np.cumsum(steps) - steps

    @cached_property
    def shown(self) -> "Integers":
        """When each sample is shown, in ticks, in the order of decoding, edit lists apart."""
        import numpy as np

        if not len(self.delays):
            return self.decoded
        delays: Integers = np.repeat(self.delays[:, 1], self.delays[:, 0])
        return self.decoded + delays

    @cached_property
    def ends(self) -> "Integers":
        """Where each sample ends, in bytes from the start of the file."""
        import numpy as np

        through: Integers = np.cumsum(np.broadcast_to(self.sizes, self.count))
        firsts = np.cumsum(self.chunk_lengths) - self.chunk_lengths
        before: Integers = np.concatenate(([0], through))[firsts]
        return through + np.repeat(self.chunks - before, self.chunk_lengths)

    @property
    def length(self) -> int:
        """How long all samples are shown together, in ticks."""
        return int((self.durations[:, 0] * self.durations[:, 1]).sum())

    def inside(self, size: int) -> int:
        """Return how many samples lie in a file of *size* bytes."""
        return int((self.ends <= size).sum())

    def timeline(self) -> Timeline:
        """Return when the samples are shown, with what speaks against each being shown once, whole."""
        import numpy as np

        start = self.edits[0].start if len(self.edits) == 1 else 0
        times = np.sort(self.shown - start)
        return Timeline(Fraction(1, self.scale), times, self.count, self.length, tuple(self._oddities()))

    @property
    def is_edited(self) -> bool:
        """Whether an edit list does more than to begin with the first sample."""
        if not self.edits or not self.count:
            return False
        (edit, *others) = self.edits
        first, last = int(self.shown.min()), int(self.shown.max())
        return bool(others) or (
            edit.rate != _SAME_SPEED or edit.start != first or edit.length * self.scale <= last - first
        )

    def _oddities(self) -> Iterator[str]:
        if self.is_edited:
            yield "an edit list changes what is shown"
        if self.descriptions != 1:
            yield "its format changes on the way"
        if self.key_frames is not None and (not len(self.key_frames) or self.key_frames[0] != 1):
            yield "its first frame is no key frame"
        if self.shown[0] != self.shown.min():
            yield "it opens with frames that need earlier ones"

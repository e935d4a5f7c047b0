"""When the packets of a stream are shown."""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import numpy as np
    from av import Packet
    from numpy.typing import NDArray

_TELLING = ("new_extradata", "param_change")
"""Side data of a packet with which the stream becomes another one."""


@dataclass(frozen=True)
class Timeline:
    """The times of a stream's packets, in units of *time_base* seconds."""

    time_base: Fraction
    starts: "NDArray[np.int64]"
    """When each is shown, in the order of showing; those without a time are left out."""

    count: int
    """How many there are, with a time or without."""

    length: int
    """How long all of them are shown together."""

    oddities: tuple[str, ...]
    """What speaks against every packet being shown once, whole."""

    @classmethod
    def of(cls, packets: Iterable["Packet[Any]"], time_base: Fraction) -> Self:
        """Note the times of *packets*; their contents are not kept."""
        import numpy as np

        starts = array("q")
        count, length = 0, 0
        oddities: dict[str, None] = {}
        for packet in packets:
            for oddity in _oddities(packet):
                oddities[oddity] = None
            if not count and not packet.is_keyframe:
                oddities["its first frame is no key frame"] = None
            count += 1
            length += packet.duration or 0
            if packet.pts is not None:
                starts.append(packet.pts)
        if starts and starts[0] != min(starts):
            oddities["it opens with frames that need earlier ones"] = None
        return cls(time_base, np.sort(np.array(starts, np.int64)), count, length, tuple(oddities))

    @property
    def step(self) -> int | None:
        """The distance from each frame to the next, where it is always the same."""
        import numpy as np

        steps = np.diff(self.starts)
        return int(steps[0]) if len(steps) and (steps == steps[0]).all() else None

    def keeps(self, rate: Fraction) -> bool:
        """Tell whether every frame is shown where *rate* has it, to the tick that the container rounds to."""
        ticks = 1 / (rate * self.time_base)
        return all(abs(start - number * ticks) < 1 for number, start in enumerate(self.starts))


def _oddities(packet: "Packet[Any]") -> Iterator[str]:
    if packet.is_corrupt:
        yield "a frame is cut off"
    if packet.is_discard:
        yield "an edit list hides frames"
    if packet.pts is None:
        yield "a frame has no time"
    if any(side.data_type in _TELLING for side in packet.iter_sidedata()):
        yield "its format changes on the way"

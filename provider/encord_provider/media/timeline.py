"""When the packets of a stream are shown."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal, Self

if TYPE_CHECKING:
    from av import Packet

_TELLING: Final[tuple[Literal["new_extradata", "param_change"], ...]] = ("new_extradata", "param_change")
"""Side data of a packet with which the stream becomes another one."""

_CUT = "a frame is cut off"


@dataclass(frozen=True)
class Timeline:
    """The times of a stream's packets, in units of *time_base* seconds."""

    time_base: Fraction
    starts: tuple[int, ...]
    """When each is shown, in the order of showing; those without a time are left out."""

    sizes: tuple[int, ...]
    """Bytes of each, in the order of the file."""

    length: int
    """How long all of them are shown together."""

    oddities: tuple[str, ...]
    """What speaks against every packet being shown once, whole."""

    @classmethod
    def of(cls, packets: Iterable["Packet[Any]"], time_base: Fraction) -> Self:
        """Note the times of *packets*; their contents are not kept."""
        starts: list[int] = []
        sizes: list[int] = []
        length = 0
        oddities: dict[str, None] = {}
        first_is_key = True
        for packet in packets:
            oddities.update(dict.fromkeys(_oddities(packet)))
            first_is_key = first_is_key and (bool(sizes) or packet.is_keyframe)
            sizes.append(packet.size)
            length += packet.duration or 0
            if packet.pts is not None:
                starts.append(packet.pts)
        if starts and starts[0] != min(starts):
            oddities["it opens with frames that need earlier ones"] = None
        if not first_is_key:
            oddities["its first frame is no key frame"] = None
        return cls(time_base, tuple(sorted(starts)), tuple(sizes), length, tuple(oddities))

    @property
    def step(self) -> int | None:
        """The distance from each frame to the next, where it is always the same."""
        steps = {after - before for before, after in zip(self.starts, self.starts[1:], strict=False)}
        return steps.pop() if len(steps) == 1 else None

    @property
    def is_cut(self) -> bool:
        """Whether a packet ends before it should."""
        return _CUT in self.oddities

    def keeps(self, rate: Fraction) -> bool:
        """Tell whether every frame is shown where *rate* has it, to the tick that the container rounds to."""
        ticks = 1 / (rate * self.time_base)
        return all(abs(start - number * ticks) < 1 for number, start in enumerate(self.starts))

    def shift(self) -> tuple[int, ...]:
        """Return the times relative to the first."""
        return tuple(start - self.starts[0] for start in self.starts)


def _oddities(packet: "Packet[Any]") -> Iterator[str]:
    if packet.is_corrupt:
        yield _CUT
    if packet.is_discard:
        yield "an edit list hides frames"
    if packet.pts is None:
        yield "a frame has no time"
    if any(packet.has_sidedata(name) for name in _TELLING):
        yield "its format changes on the way"

"""New objects as candidates for a manifest: single ones as they come, groups whole, and never all at once."""

from array import array
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from encord_provider.ingestion.description import REQUESTS_AT_ONCE
from encord_provider.ingestion.run import Run, Source
from encord_provider.manifest.candidates import Candidate, Place
from encord_provider.manifest.grouping import Grouping, natural_order
from encord_provider.manifest.kinds import GROUPED, Kind
from encord_provider.manifest.objects import BucketObject
from encord_provider.manifest.units import unit_of

MEMBERS_AT_ONCE = 1000
"""Groups are read from the ledger until they have this many members together."""


@dataclass
class Candidates:
    """The candidates among the new objects of a run, page by page.

    Of a group's members only their numbers in the ledger are held, eight bytes each, until its turn comes.
    """

    run: Run
    source: Source
    grouping: Grouping
    _groups: "dict[Place, array[int]]" = field(default_factory=lambda: defaultdict(lambda: array("q")))

    def __iter__(self) -> Iterator[list[Candidate]]:
        """Yield single objects by key, then groups by what their members share."""
        yield from self._singles()
        yield from self._whole_groups()

    def _singles(self) -> Iterator[list[Candidate]]:
        for page in self.run.ledger.objects.new_pages(self.run.key):
            singles = []
            for (number, obj), place in zip(page, self._places(page), strict=True):
                if place is None:
                    singles.append(Candidate((obj,), None))
                elif place[0] in GROUPED:
                    self._groups[place].append(number)
                else:
                    singles.append(Candidate((obj,), unit_of(*place, (obj,))))
            if singles:
                yield singles

    def _places(self, page: list[tuple[int, BucketObject]]) -> list[tuple[Kind, str] | None]:
        """Return where each object belongs; several at once where the store must be asked."""
        keys = [obj.key for _, obj in page]
        if self.grouping.content_type is None:
            return [self.grouping.place(key) for key in keys]
        with ThreadPoolExecutor(REQUESTS_AT_ONCE) as pool:
            return list(pool.map(self.grouping.place, keys))

    def _whole_groups(self) -> Iterator[list[Candidate]]:
        places: list[Place] = []
        members = 0
        for place in sorted(self._groups, key=lambda place: (place[1], place[0])):
            places.append(place)
            members += len(self._groups[place])
            if members >= MEMBERS_AT_ONCE:
                yield self._read(places)
                places, members = [], 0
        if places:
            yield self._read(places)

    def _read(self, places: list[Place]) -> list[Candidate]:
        """Return some groups, with the members that an earlier refusal of the whole group had set aside."""
        objects = self.run.ledger.objects
        numbers = {place: self._groups.pop(place) for place in places}
        for place, number in objects.revive(self.run.key, places, self.source.bucket.url_of("")):
            numbers[place].append(number)
        found = objects.numbered([number for place in places for number in numbers[place]])
        return [_group(place, [found[number] for number in numbers[place]]) for place in places]


def _group(place: Place, members: list[BucketObject]) -> Candidate:
    kind, title = place
    ordered = tuple(sorted(members, key=lambda obj: (natural_order(obj.key), obj.key)))
    return Candidate(ordered, unit_of(Kind(kind), title, ordered), title)

"""Whatever the order of a listing: the same units, in the same manifests, and each object in exactly one place."""

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from encord_provider.buckets.bucket import Bucket
from encord_provider.buckets.checkpoint import Checkpoint
from encord_provider.buckets.directory import directory_bucket
from encord_provider.buckets.listing import WALKS, Listing
from encord_provider.buckets.location import Location
from encord_provider.buckets.walk import StorePage
from encord_provider.ingestion.plan import build
from encord_provider.ingestion.receipt import receipt
from encord_provider.ingestion.rules import Rules
from encord_provider.ingestion.run import Run, Source, Task
from encord_provider.ingestion.storage import Storage
from encord_provider.ledger.ledger import Ledger
from encord_provider.manifest.completeness import Completeness
from encord_provider.manifest.grouping import Grouping, group
from encord_provider.manifest.ingestion import Ingestion
from encord_provider.manifest.limits import Advice, Limits
from encord_provider.manifest.manifests import Manifest
from encord_provider.manifest.objects import BucketObject
from encord_provider.manifest.units import Unit

QUICK = Path("/dev/shm")  # noqa: S108 - only a parent: a disk would make each flush of the ledger slow
GROUPING = Grouping(image_groups=r"(?P<unit>g\d)/", image_sequences=r"(?P<unit>s)/")
KEYS = st.one_of(
    st.from_regex(r"(g[12]|s|d)/f[0-9]{1,2}\.(png|jpg)", fullmatch=True),
    st.from_regex(r"[ab]{1,3}\.(mp4|png|xyz)", fullmatch=True),
)
OBJECTS = st.lists(KEYS, unique=True, max_size=25).flatmap(
    lambda keys: st.tuples(st.just(keys), st.permutations(keys), st.permutations(keys))
)


@dataclass(frozen=True)
class Listed(Bucket):
    """A bucket that lists some keys in some order, three a page."""

    keys: tuple[str, ...] = ()

    def listing(self, prefix: str = "", *, since: Checkpoint | None = None, walks: int = WALKS) -> Listing:
        """Return the objects."""
        return Listing(self._listed, prefix, walks=walks, since=since, ordered=False)

    def _listed(self, _: str | None) -> Iterator[StorePage]:
        for start in range(0, len(self.keys), 3):
            keys = self.keys[start : start + 3]
            yield StorePage(keys, [listed(key) for key in keys])


def listed(key: str) -> BucketObject:
    """Return an object; those whose key ends in a 7 are empty."""
    size = 0 if "7." in key else 1000
    return BucketObject(key, f"https://x.example.com/{key}", size, "1", datetime(2026, 1, 1, tzinfo=UTC))


@dataclass(frozen=True)
class Built:
    """What a build made of a listing."""

    manifests: list[tuple[Unit, ...]]
    quarantined: set[str]
    pending: int


@dataclass
class World:
    """A ledger and a storage that all examples share; each builds for a folder of its own."""

    ledger: Ledger
    directory: Path
    folders: Iterator[int] = field(default_factory=itertools.count)

    def built(self, keys: list[str], complete: Completeness) -> Built:
        """Build what *keys* list."""
        store = directory_bucket(str(self.directory)).store
        bucket = Listed("s3://x", store, lambda key: f"https://x.example.com/{key}", keys=tuple(keys))
        root = Location.parse(f"{self.directory.as_uri()}/storage/")
        storage = Storage(directory_bucket(root.bucket), root)
        rules = Rules(GROUPING, Limits(), Advice(units={}, other_units=3), 100, complete)
        ingestion = Ingestion(source="s3://x/", folder=f"fleet-{next(self.folders)}")
        run = Run(self.ledger, Task("run", "build"), ingestion, "https://api.example.com")
        records = build(run, Source(bucket, ""), storage, rules)
        whole = receipt(run)
        manifests = [Manifest.from_json(storage.read(record.uri)).units for record in records]
        placed = sum(len(unit.urls) for units in manifests for unit in units)
        assert whole.discovered == len(keys) == placed + whole.quarantined + whole.pending
        return Built(manifests, {entry.key for entry in whole.quarantine}, whole.pending)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Open one ledger for all examples."""
    directory = Path(tempfile.mkdtemp(prefix="build-", dir=QUICK if QUICK.is_dir() else None))
    with Ledger(f"sqlite:///{directory / 'ledger.db'}") as ledger:
        yield World(ledger, directory)
    shutil.rmtree(directory)


@given(objects=OBJECTS)
@settings(max_examples=20, deadline=None, phases=[Phase.generate])
def test_the_order_of_a_listing_changes_nothing(
    world: World, objects: tuple[list[str], list[str], list[str]]
) -> None:
    _, one, other = objects

    assert world.built(one, Completeness()) == world.built(other, Completeness())


@given(objects=OBJECTS)
@settings(max_examples=20, deadline=None, phases=[Phase.generate])
def test_the_units_are_those_that_all_objects_at_once_would_make(
    world: World, objects: tuple[list[str], list[str], list[str]]
) -> None:
    keys, shuffled, _ = objects
    at_once = group([listed(key) for key in keys], GROUPING)
    faultless = {unit for unit, members in at_once.units if all(obj.size for obj in members)}

    made = world.built(shuffled, Completeness())

    assert {unit.urls for units in made.manifests for unit in units} == {unit.urls for unit in faultless}
    assert made.pending == 0


@given(objects=OBJECTS, count=st.integers(1, 4))
@settings(max_examples=20, deadline=None, phases=[Phase.generate])
def test_no_group_is_registered_in_part(
    world: World, objects: tuple[list[str], list[str], list[str]], count: int
) -> None:
    keys, shuffled, _ = objects
    groups = {
        unit.title: len(members)
        for unit, members in group(map(listed, keys), GROUPING).units
        if len(members) > 1
    }

    made = world.built(shuffled, Completeness(count=count))

    for units in made.manifests:
        for unit in units:
            if unit.title in groups and len(unit.urls) > 1:
                assert len(unit.urls) == count == groups[unit.title]

"""Whatever happens to a bucket and to the tasks that work on it: every account closes, nothing is lost or doubled.

Objects come, change, go and come back; three runs list, die, build, die, build again, submit and settle in any order
and under any policy. The bucket, the storage and the ledger are real; only Encord's answers are made up.
"""

import itertools
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from encord_provider.buckets.directory import directory_bucket
from encord_provider.buckets.location import Location
from encord_provider.ingestion import discover
from encord_provider.ingestion.pages import PageSorter
from encord_provider.ingestion.plan import build
from encord_provider.ingestion.receipt import receipt
from encord_provider.ingestion.rules import Rules
from encord_provider.ingestion.run import Run, Source, Task
from encord_provider.ingestion.storage import Storage
from encord_provider.ledger.fates import Fate
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.manifests import ManifestRecord
from encord_provider.ledger.tables import objects
from encord_provider.manifest.grouping import Grouping
from encord_provider.manifest.ingestion import Changed, Gone, Ingestion
from encord_provider.manifest.limits import Advice, Limits
from encord_provider.manifest.manifests import Manifest
from tests.ordered_bucket import Died, OrderedBucket

KEYS = ("a.mp4", "b.jpg", "①1.jpg", "no kind.xyz", "g/1.jpg", "g/2.jpg", "g/late.jpg", "tmp/left out.mp4")
RUNS = ("run-1", "run-2", "run-3")
CHANGED: st.SearchStrategy[Changed] = st.sampled_from(get_args(Changed))
GONE: st.SearchStrategy[Gone] = st.sampled_from(get_args(Gone))
RULES = Rules(
    Grouping(image_groups=r"(?P<unit>g)/"), Limits(), Advice(units={}, other_units=2), manifests=100
)
DOMAIN = "https://api.example.com"
QUICK = Path("/dev/shm")  # noqa: S108 - only a parent: a disk would make each flush of the ledger slow


@dataclass(frozen=True)
class MortalStorage(Storage):
    """Storage of a task that dies right after it stored a manifest."""

    dies: Iterator[bool]
    """Whether it dies after the next one."""

    def write(self, name: str, content: bytes) -> str:
        """Store, and die when it is time."""
        uri = super().write(name, content)
        if next(self.dies):
            raise Died
        return uri


class Runs(RuleBasedStateMachine):
    """A bucket, a ledger and three runs."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp(prefix="runs-", dir=QUICK if QUICK.is_dir() else None))
        self.ordered = OrderedBucket.open(self.directory / "bucket")
        self.source = Source(self.ordered, "")
        self.root = Location.parse((self.directory / "storage").as_uri() + "/")
        self.bucket = directory_bucket(self.root.bucket)
        self.storage = Storage(self.bucket, self.root)
        self.ledger = Ledger(f"sqlite:///{self.directory / 'ledger.db'}")
        self.sizes = itertools.count(1)
        self.built: set[str] = set()
        self.manifests: dict[str, ManifestRecord] = {}
        self.items: dict[int, str] = {}
        self.given_up: set[int] = set()

    def run(self, name: str, changed: Changed = "report", gone: Gone = "report") -> Run:
        """Name a run; all keep the same folder in step with the same bucket."""
        ingestion = Ingestion(
            source=f"file://{self.directory}/bucket/",
            folder="fleet",
            exclude=("tmp/**",),
            changed=changed,
            gone=gone,
        )
        return Run(self.ledger, Task(name, "build/-1"), ingestion, DOMAIN)

    @rule(key=st.sampled_from(KEYS), empty=st.integers(0, 9).map(lambda n: n == 0))
    def an_object_is_written(self, key: str, *, empty: bool) -> None:
        """Write a new object, or a new version of one; each has a size of its own."""
        file = self.directory / "bucket" / key
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"" if empty else b"x" * next(self.sizes))

    @rule(key=st.sampled_from(KEYS))
    def an_object_is_being_written(self, key: str) -> None:
        """Write an object that counts as unfinished for the rest of the test."""
        self.an_object_is_written(key, empty=False)
        later = time.time() + 3600
        os.utime(self.directory / "bucket" / key, (later, later))

    @rule(key=st.sampled_from(KEYS))
    def an_object_is_deleted(self, key: str) -> None:
        """Delete an object, if it is there."""
        (self.directory / "bucket" / key).unlink(missing_ok=True)

    @rule(key=st.sampled_from(KEYS))
    def an_object_is_taken_away_or_put_back(self, key: str) -> None:
        """Move an object out of the bucket or, the very same version, into it again."""
        here, away = self.directory / "bucket" / key, self.directory / "away" / key
        origin, goal = (here, away) if here.exists() else (away, here)
        if origin.exists():
            goal.parent.mkdir(parents=True, exist_ok=True)
            origin.rename(goal)

    @rule(name=st.sampled_from(RUNS), changed=CHANGED, gone=GONE)
    def a_run_builds(self, name: str, changed: Changed, gone: Gone) -> None:
        """List the bucket, or what is left of it, and write manifests; a run may do it again."""
        run = self.run(name, changed, gone)
        self.manifests |= {r.id: r for r in build(run, self.source, self.storage, RULES)}
        self.built.add(name)

    @rule(name=st.sampled_from(RUNS), pages=st.integers(0, 3), changed=CHANGED, gone=GONE)
    def a_run_dies_while_it_lists(self, name: str, pages: int, changed: Changed, gone: Gone) -> None:
        """Kill a build after some pages of its listing."""
        source = Source(replace(self.ordered, pages_left=[pages]), "")
        self.built.discard(name)
        try:
            self.manifests |= {
                r.id: r for r in build(self.run(name, changed, gone), source, self.storage, RULES)
            }
        except Died:
            return
        self.built.add(name)

    @rule(name=st.sampled_from(RUNS), after=st.integers(0, 1))
    def a_run_dies_while_it_builds(self, name: str, after: int) -> None:
        """Kill a build between the storing and the recording of a manifest."""
        storage = MortalStorage(self.bucket, self.root, iter([*[False] * after, True]))
        try:
            build(self.run(name), self.source, storage, RULES)
        except Died:
            self.built.discard(name)
        else:
            self.built.add(name)
        self.manifests |= {r.id: r for r in self.ledger.manifests.of_run(self.run(name).key)}

    def waiting(self, *, submitted: bool) -> list[ManifestRecord]:
        """Return the manifests that are not settled, and whose job is known or not."""
        records = [self.ledger.manifests.get(manifest) for manifest in self.manifests]
        return [r for r in records if r.settled_at is None and (r.job_uuid is not None) is submitted]

    @precondition(lambda self: self.waiting(submitted=False))
    @rule(data=st.data(), name=st.sampled_from(RUNS))
    def a_run_submits(self, data: st.DataObject, name: str) -> None:
        """Start the job of some manifest, whoever built it."""
        record = data.draw(st.sampled_from(self.waiting(submitted=False)), label="manifest")
        self.submit(record, name)

    def submit(self, record: ManifestRecord, name: str) -> None:
        """Write down the intent, then the job."""
        self.ledger.objects.set_aside(record.target, self.ledger.objects.superseded(record.id))
        self.ledger.manifests.intend(record.id, "folder-uuid", time.time())
        with self.ledger.transaction() as connection:
            self.ledger.manifests.submitted(connection, record.id, f"job-{record.id}", name, time.time())
            self.ledger.objects.submitted(connection, record.id)

    @precondition(lambda self: self.waiting(submitted=True))
    @rule(data=st.data())
    def a_job_ends(self, data: st.DataObject) -> None:
        """Let each unit land, be refused, or not be reached, when the job failed as a whole."""
        record = data.draw(st.sampled_from(self.waiting(submitted=True)), label="manifest")
        titles = sorted({member.unit for member in self.ledger.objects.members(record.id)})
        ends = {title: data.draw(st.sampled_from(("lands", "refused", "not reached"))) for title in titles}
        self.settle(record, ends)

    def settle(self, record: ManifestRecord, ends: dict[str, str]) -> None:
        """Write down what became of each unit, twice, as a task does that dies in between."""
        for _ in range(2):
            self.ledger.objects.settle(
                record.id,
                registered={title: f"{record.id} {title}" for title, end in ends.items() if end == "lands"},
                quarantined={title: "refused" for title, end in ends.items() if end == "refused"},
            )
        if "not reached" in ends.values():
            self.ledger.parts.release([record.id])
        self.ledger.manifests.settled(record.id, time.time())

    @invariant()
    def every_account_adds_up(self) -> None:
        """Of each run that listed the bucket to the end, every object is in exactly one place."""
        for name in self.built:
            run = self.run(name)
            account = self.ledger.runs.account(run.key)
            whole = receipt(run)
            assert whole.discovered == whole.accounted + account.open, (whole, account)

    @invariant()
    def a_manifest_that_is_not_settled_holds_what_the_ledger_says_it_holds(self) -> None:
        """So no object is in two jobs at once, and none is sent that nobody will account for."""
        for record in self.waiting(submitted=False) + self.waiting(submitted=True):
            stored = Manifest.from_json(self.storage.read(record.uri))
            known = self.ledger.objects.members(record.id)
            assert Counter(url for unit in stored.units for url in unit.urls) == Counter(
                member.url for member in known
            )

    @invariant()
    def a_version_has_one_item_until_it_is_given_up(self) -> None:
        """An item is never replaced by another, but for a version that was superseded or gone in between."""
        with self.ledger.transaction() as connection:
            rows = connection.execute(select(objects.c.id, objects.c.fate, objects.c.item_uuid)).all()
        for row in rows:
            if row.fate in (Fate.SUPERSEDED, Fate.GONE):
                self.given_up.add(row.id)
            if row.fate == Fate.REGISTERED:
                before = self.items.setdefault(row.id, row.item_uuid)
                assert before == row.item_uuid or row.id in self.given_up
                self.items[row.id] = row.item_uuid

    def missing(self) -> int:
        """Count the registered objects that are in the bucket no more."""
        of_file = self.directory / "bucket"
        with self.ledger.transaction() as connection:
            registered = objects.c.fate.in_([Fate.REGISTERED, Fate.CHANGED])
            keys = set(connection.scalars(select(objects.c.key).where(registered)))
        return sum(not (of_file / key).exists() for key in keys)

    def teardown(self) -> None:
        """Let one more run come to its end undisturbed: then every object is settled but what still waits."""
        try:
            self.a_run_builds("last", "report", "report")
            missing = self.missing()
            for record in self.waiting(submitted=False):
                self.submit(record, "last")
            for record in self.waiting(submitted=True):
                titles = {member.unit for member in self.ledger.objects.members(record.id)}
                self.settle(record, dict.fromkeys(titles, "lands"))
            self.every_account_adds_up()
            run = self.run("last")
            whole = receipt(run)
            assert whole.closed
            assert whole.gone == missing
            listing = self.source.bucket.pages("")
            listed = list(map(PageSorter(self.source, run.ingestion, time.time()), listing))
            left = [obj for page in listed for obj in self.ledger.objects.waiting(run.target, page.settled)]
            assert len(left) + sum(len(page.unsettled) for page in listed) == whole.pending
            fates = self.ledger.objects.fates(list(self.manifests))
            assert set(fates) <= {Fate.REGISTERED, Fate.QUARANTINED, Fate.SUPERSEDED, Fate.GONE}
        finally:
            self.ledger.close()
            shutil.rmtree(self.directory)


@pytest.fixture(autouse=True, scope="module")
def transactions_of_one_page() -> Iterator[None]:
    """Write each page down by itself, so that a listing of a few objects can die half way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(discover, "PAGES_AT_ONCE", 1)
        yield


TestRuns = Runs.TestCase
TestRuns.settings = settings(max_examples=10, stateful_step_count=30, phases=[Phase.generate])

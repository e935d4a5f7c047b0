"""The steps of a run as far as the ledger sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from encord_provider.ledger.keys import RunKey
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.manifests import ManifestRecord
from encord_provider.ledger.runs import Account, Listing
from encord_provider.manifest.candidates import Candidate
from encord_provider.manifest.ingestion import Changed, Gone
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.objects import BucketObject
from encord_provider.manifest.units import unit_of

TARGET = "https://api.example.com#fleet"
SOURCE = "s3://fleet/"
URLS = "https://fleet.example.com/"
"""What the URLs of all objects of the source begin with."""


@dataclass(frozen=True)
class Steps:
    """Each object is a video of its own, unless a unit is named."""

    ledger: Ledger
    target: str = TARGET

    def key(self, run: str, source: str = SOURCE) -> RunKey:
        """Name a run of one source."""
        return RunKey(self.target, run, source)

    def observe(self, run: str, *page: BucketObject) -> int:
        """Begin the listing of *run* anew, of one page; return how many objects were registered before."""
        self.ledger.runs.start(self.key(run))
        self.ledger.objects.forget_new(self.target)
        diff = self.ledger.objects.diff(self.key(run), now=1.0)
        with self.ledger.transaction() as connection:
            diff.observe(connection, page)
        return diff.already

    def miss(
        self, run: str, *page: BucketObject, policy: Gone = "report", changed: Changed = "report"
    ) -> int:
        """List everything there is, of one page, as *run*; return how many registered objects are not there."""
        self.ledger.runs.start(self.key(run))
        diff = self.ledger.objects.diff(self.key(run), now=7.0, changed=changed)
        with self.ledger.transaction() as connection:
            diff.observe(connection, page)
        return self.ledger.objects.settle_gone(diff, URLS, lambda key: not key.endswith(".tmp"), policy)

    def new(self, run: str) -> list[BucketObject]:
        """Return what *run* is still to put into manifests."""
        return self.ledger.objects.new(self.key(run))

    def hold(self, run: str, *held: BucketObject) -> None:
        """Leave objects to a later run."""
        self.ledger.objects.forget(self.key(run), held)

    def plan(self, run: str, *planned: BucketObject, unit: str | None = None) -> str:
        """Put objects into a new manifest of *run*; return its name."""
        manifest = uuid4().hex
        units = {unit: list(planned)} if unit else {obj.key: [obj] for obj in planned}
        kind = Kind.IMAGE_GROUP if unit else Kind.VIDEO
        record = ManifestRecord(
            id=manifest,
            target=self.target,
            uri=f"file:///{manifest}.json",
            folder="fleet",
            integration=None,
            units=len(units),
            built_by=run,
            built_at=2.0,
        )
        with self.ledger.transaction() as connection:
            self.ledger.manifests.build(connection, record)
            candidates = [
                Candidate(tuple(members), unit_of(kind, title, members), unit)
                for title, members in units.items()
            ]
            self.ledger.objects.plan(connection, self.target, manifest, candidates)
        return manifest

    def submit(self, run: str, manifest: str) -> str:
        """Record that *run* started the job of *manifest*; return the job's UUID."""
        job = str(uuid4())
        self.ledger.manifests.intend(manifest, "folder-uuid", 3.0)
        with self.ledger.transaction() as connection:
            self.ledger.manifests.submitted(connection, manifest, job, run, 4.0)
            self.ledger.objects.submitted(connection, manifest)
        return job

    def settle(self, manifest: str, registered: Sequence[str] = (), quarantined: Sequence[str] = ()) -> None:
        """Record what became of units, by title, and that the manifest is done."""
        self.ledger.objects.settle(
            manifest,
            registered={title: f"item-{title}" for title in registered},
            quarantined=dict.fromkeys(quarantined, "not a video"),
        )
        self.ledger.manifests.settled(manifest, 5.0)

    def register(self, run: str, *found: BucketObject) -> str:
        """Take all steps for objects that all land; return the manifest."""
        self.observe(run, *found)
        manifest = self.plan(run, *found)
        self.submit(run, manifest)
        self.settle(manifest, registered=[obj.key for obj in found])
        return manifest

    def record(self, run: str, *page: BucketObject) -> Listing:
        """List one page as *run* and record the listing."""
        listing = Listing(discovered=len(page), already=self.observe(run, *page))
        self.ledger.runs.record(self.key(run), listing, 6.0)
        return listing

    def account(self, run: str) -> Account:
        """Count what became of the objects of *run*."""
        return self.ledger.runs.account(self.key(run))

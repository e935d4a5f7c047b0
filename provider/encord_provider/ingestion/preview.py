"""What a run would do, told by doing it beside the ledger."""

from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from encord_provider.buckets.directory import directory_bucket
from encord_provider.buckets.location import Location
from encord_provider.ingestion.plan import build
from encord_provider.ingestion.rules import Rules
from encord_provider.ingestion.run import Run, Source
from encord_provider.ingestion.storage import Storage
from encord_provider.ledger.copy import copy_target
from encord_provider.ledger.fates import Fate
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.manifests import ManifestRecord
from encord_provider.ledger.quarantine import Quarantined
from encord_provider.ledger.runs import Listing

REQUESTS_A_MANIFEST: Final = 4
"""Requests to Encord that turn a manifest into an upload job: folder, integration, folder again, job."""


@dataclass(frozen=True)
class Preview:
    """What a run would do now; counts are objects."""

    listing: Listing
    """How the listing would divide."""

    new: int
    """Objects that would go into manifests of this run."""

    blocked: int
    """Objects that would be, or already are, in quarantine."""

    reasons: tuple[Quarantined, ...]
    """The first of them, each with its reason."""

    manifests: tuple[ManifestRecord, ...]
    """Manifests that the run would make and submit."""

    left_behind: tuple[ManifestRecord, ...]
    """Manifests of earlier runs that this one would submit, or wait for."""

    @property
    def requests(self) -> int:
        """Requests to Encord that would start the upload jobs; waiting for them and linking come on top."""
        unsubmitted = [record for record in self.left_behind if record.job_uuid is None]
        return REQUESTS_A_MANIFEST * (len(self.manifests) + len(unsubmitted))


def preview(run: Run, source: Source, rules: Rules, most_reasons: int) -> Preview:
    """Build the manifests of *run* on a copy of what the ledger knows of its target, in a directory that is deleted.

    The code is that of a run, and *rules* say how much of what a run does. The ledger is read, the bucket is listed;
    Encord is not asked at all.

    Raises:
        What a build raises, but `LeaseHeld`.

    """
    with TemporaryDirectory(prefix="encord-preview-") as name:
        directory = Path(name)
        root = Location.parse(f"{directory.as_uri()}/")
        storage = Storage(directory_bucket(root.bucket), root)
        with Ledger(f"sqlite:///{directory / 'ledger.db'}") as scratch:
            copy_target(run.ledger, run.target, scratch)
            tried = replace(run, ledger=scratch)
            records = build(tried, source, storage, rules)
            made = tuple(record for record in records if record.built_by == run.name)
            account = scratch.runs.account(tried.key)
            pages = scratch.quarantine.pages(tried.key)
            reasons = islice(chain.from_iterable(pages), most_reasons)
            return Preview(
                listing=scratch.runs.listing(tried.key),
                new=scratch.objects.fates([record.id for record in made])[Fate.PLANNED],
                blocked=account.quarantined,
                reasons=tuple(reasons),
                manifests=made,
                left_behind=tuple(record for record in records if record.built_by != run.name),
            )

"""Why one file is, or is not, in the dataset."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.found import Whereabouts
from encord_provider.errors import NotFound, Refused
from encord_provider.ingestion.run import Run, Source
from encord_provider.ledger.entries import Entry
from encord_provider.ledger.fates import Fate
from encord_provider.manifest.globs import KeyFilter
from encord_provider.manifest.objects import BucketObject
from encord_provider.uploads.causes import cause_of


@dataclass(frozen=True)
class Link:
    """One link of the chain from the bucket to the dataset."""

    place: str
    """``bucket``, ``filters``, ``ledger``, ``folder`` or ``dataset``."""

    holds: bool
    said: str
    """What was found there."""

    remedy: str = ""
    """What a person can do; for a link that does not hold."""

    def __str__(self) -> str:
        """Put it in a line."""
        return f"{self.place}: {'yes' if self.holds else 'NO'}: {self.said}"


@dataclass
class Explanation:
    """Goes along the chain for one object; stops where there is nothing more to ask."""

    run: Run
    api: EncordApi
    source: Source
    key: str
    dataset: str | None
    _object: BucketObject | None = field(default=None, init=False)
    _entry: Entry | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """Where Encord would read the object."""
        return self.source.bucket.url_of(self.key)

    def links(self) -> Iterator[Link]:
        """Yield each link; the first that does not hold is the answer."""
        yield self._bucket()
        yield self._filters()
        yield self._ledger()
        item = self._entry.item_uuid if self._entry else self._foreign_item()
        if item is None:
            return
        place = self._whereabouts(item)
        yield self._folder(item, place)
        if self.dataset and place:
            yield self._dataset(self.dataset, item, place)

    def _bucket(self) -> Link:
        self._object = obj = self.source.bucket.find(self.key)
        if obj is None:
            return Link("bucket", False, f"{self.source.bucket.name} has no {self.key}", "upload it")
        said = f"{obj.size} bytes, version {obj.version}, written {_at(obj.last_modified.timestamp())}"
        return Link("bucket", True, said)

    def _filters(self) -> Link:
        ingestion = self.run.ingestion
        if not self.key.startswith(self.source.prefix):
            said = f"outside the source {ingestion.source}"
            return Link("filters", False, said, "explain it with the source of the DAG that should have it")
        directory = self.source.prefix[: self.source.prefix.rfind("/") + 1]
        relative = self.key.removeprefix(directory)
        if relative not in KeyFilter(ingestion.include):
            return Link("filters", False, f"no include glob matches {relative}", "widen include=")
        if relative not in KeyFilter(ingestion.include, ingestion.exclude):
            return Link("filters", False, f"an exclude glob matches {relative}", "narrow exclude=")
        if self._object:
            left = self._object.last_modified.timestamp() + ingestion.settle_seconds - time.time()
            if left > 0:
                return Link("filters", False, f"it settles in {left:.0f} seconds", "wait for the next run")
        return Link("filters", True, "under the source, and no glob leaves it out")

    def _ledger(self) -> Link:
        entries = self.run.ledger.entries.of_url(self.run.target, self.url)
        version = self._object.version if self._object else None
        present = [entry for entry in entries if entry.version == version] or entries
        if not present:
            return Link("ledger", False, *self._why_unknown())
        entry = present[-1]
        registered = [earlier for earlier in entries if earlier.fate is Fate.REGISTERED]
        self._entry = registered[-1] if entry.fate is Fate.CHANGED and registered else entry
        return _told(entry, self._entry)

    def _why_unknown(self) -> tuple[str, str]:
        """Return why the ledger does not know the object, as far as its listings tell, and what to do."""
        listings = self.run.ledger.runs.listings(self.run.target)
        root = self.source.bucket.url_of("")
        scheme_and_bucket = self.run.ingestion.source.removesuffix(self.source.prefix)
        covering = [
            (name, at) for name, source, at in listings if f"{scheme_and_bucket}{self.key}".startswith(source)
        ]
        if not covering:
            said = f"no run into this folder has listed a source that holds it (URLs begin with {root})"
            return said, "run the DAG; check that source and folder are spelled as the DAG has them"
        name, at = covering[0]
        written = self._object.last_modified.timestamp() if self._object else 0
        if at < written:
            return (
                f"last listed {_at(at)}, by {name}, before it was written",
                "wait for the next run, or start one",
            )
        said = f"listed {_at(at)}, by {name}, after it was written, and not taken up"
        return said, "it waits for the rest of its group, or that DAG's globs leave it out"

    def _foreign_item(self) -> str | None:
        """Return an item of the folder that has the object's URL all the same."""
        try:
            named = self.api.items(self.run.ingestion.folder, search=self.key.rpartition("/")[2])
            return next((item.uuid for item in named if item.url == self.url), None)
        except NotFound:
            return None

    def _whereabouts(self, item: str) -> Whereabouts | None:
        try:
            return self.api.whereabouts(item)
        except Refused:
            return None

    def _folder(self, item: str, place: Whereabouts | None) -> Link:
        folder = self.run.ingestion.folder
        forget = "if it must come back: airflow encord rebuild --forget-gone, then run the DAG"
        if place is None:
            return Link("folder", False, f"Encord has no item {item}: somebody deleted it", forget)
        if place.folder != self.api.folder(folder):
            said = f"item {item} is in another folder, {place.folder}"
            return Link("folder", False, said, f"move it back, or leave it; {forget}")
        return Link("folder", True, f"item {item}")

    def _dataset(self, dataset: str, item: str, place: Whereabouts) -> Link:
        if self.api.dataset(dataset) in place.datasets:
            return Link("dataset", True, f"{dataset} has a row for item {item}")
        return Link("dataset", False, f"{dataset} has no row for item {item}", "run link_folder_to_dataset")


def _told(entry: Entry, registered: Entry) -> Link:  # noqa: PLR0911 - one for each fate
    """Return what the ledger says of an object version."""
    where = f"manifest {entry.manifest or 'unknown'}, upload job {entry.job_uuid or 'none'}"
    seen = f"first seen {_at(entry.first_seen)} by {entry.first_seen_by}"
    match entry.fate:
        case Fate.REGISTERED:
            return Link("ledger", True, f"registered as item {entry.item_uuid}; {where}; {seen}")
        case Fate.CHANGED:
            said = f"changed: version {registered.version} is registered, this one is not sent; {seen}"
            return Link("ledger", True, said)
        case Fate.SUPERSEDED:
            said = f"superseded: its item {entry.item_uuid} was set aside for that of a newer version; {seen}"
            return Link("ledger", True, said)
        case Fate.GONE:
            said = (
                f"gone: item {entry.item_uuid} was registered, and then the bucket had no such object; {seen}"
            )
            return Link("ledger", False, said, "put the object back, and run the DAG: it counts as new")
        case Fate.QUARANTINED:
            said = f"in quarantine: {entry.reason}; {where}; {seen}"
            return Link("ledger", False, said, _remedy(entry.reason or ""))
        case Fate.NEW:
            return Link("ledger", False, f"new, in no manifest yet; {seen}", "run the DAG")
        case Fate.PLANNED:
            remedy = "run the DAG: it submits what an earlier run left"
            return Link("ledger", False, f"planned since {_at(entry.since)}; {where}; {seen}", remedy)
        case Fate.SUBMITTED:
            remedy = "wait for the upload job; when it has ended, run the DAG again"
            return Link("ledger", False, f"submitted {_at(entry.since)}; {where}; {seen}", remedy)


def _remedy(reason: str) -> str:
    """Say what to do about an object in quarantine; a file that is written anew needs no replay."""
    cause = cause_of(reason)
    return f"{cause.remedy}; as it is, it comes back by: airflow encord replay ... --class '{cause}'"


def _at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(" ", "seconds")

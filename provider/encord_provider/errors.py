"""Everything this package raises on purpose, sorted by what must happen next.

* `EncordProviderError`
    * `FailNow`: trying again gives the same answer; a person must change something
        * `BadConnection`: an Airflow connection lacks something or holds something wrong
        * `BadSource`: a bucket URI that cannot be read
        * `BadPattern`: a pattern, or another argument or option, that cannot be used
        * `BadUrl`: a text that is no URL of an object
        * `BadManifest`: the faults of a manifest, all of them at once
        * `BadTable`: the faults of a table of metadata, all of them at once
        * `BadInventory`: an inventory or table of keys that cannot stand for a listing, with its faults
        * `BadLedger`: a ledger that cannot be opened or written until a person does something
        * `LedgerTooNew`: a ledger that a later version of this package has changed
        * `NotShared`: a ledger or a storage on one machine, for tasks on several
        * `MissingExtra`: an optional dependency that this task needs
        * `NotFound`: a bucket, object, folder, integration or dataset that does not exist
        * `Ambiguous`: a name that several things bear
        * `AlreadyLinked`: items that have a row in a dataset, and must not
        * `Refused`: Encord understood the request and said no
        * `SchemaDrift`: the organisation's metadata schema is not, or cannot be, as declared
        * `UploadFailed`: an upload job that ended without registering its units
        * `TooManyManifests`: what is new makes more manifests than there may be, however large each is
        * `TooManyRefused`: more objects were refused than the run allows
        * `ReceiptOpen`: the account of a run does not close
        * `DriftFound`: bucket, ledger, folder and dataset say different things
        * `IllegalTransition`: a fate that cannot follow the present one
    * `RetryLater`: the same request may succeed later
        * `EncordUnavailable`: no answer, a rate limit or a fault on Encord's side
        * `NoRoom`: as many upload jobs as may be are under way, and there was no place for another for long
        * `BucketUnavailable`: no answer from the object store
        * `LedgerUnavailable`: the ledger's database does not answer now
        * `LeaseHeld`: another task is doing this right now
        * `UploadUnfinished`: upload jobs still run at the deadline
        * `UploadStalled`: upload jobs of which no unit has moved for too long

What befalls a single object is not raised: it is counted, its reason goes to quarantine (`uploads.causes` sorts them),
and the run goes on, unless there are more of them than it allows.

The arguments of an error are its data: they are attributes, and they survive the way from a task's
process to its supervisor.
"""

from collections.abc import Mapping, Sequence

SHOWN_FAULTS = 20
"""How many faults a message spells out; the error carries all of them."""


class EncordProviderError(Exception):
    """Base of every error that this package raises on purpose."""


class FailNow(EncordProviderError):
    """Trying again gives the same answer; a person must change something."""


class RetryLater(EncordProviderError):
    """The same request may succeed later."""


class BadConnection(FailNow):
    """An Airflow connection lacks something or holds something wrong; never says what the secret is."""

    def __init__(self, conn_id: str, problem: str) -> None:
        super().__init__(conn_id, problem)
        self.conn_id = conn_id
        self.problem = problem

    def __str__(self) -> str:
        """Name the connection first: it is what the reader must open."""
        return f"connection {self.conn_id!r}: {self.problem}"


class BadSource(FailNow):
    """A bucket URI that cannot be read."""

    def __init__(self, source: str, problem: str) -> None:
        super().__init__(source, problem)
        self.source = source
        self.problem = problem

    def __str__(self) -> str:
        """Name the source first."""
        return f"source {self.source!r}: {self.problem}"


class BadPattern(FailNow):
    """A regular expression for groups or keys that cannot be used."""

    def __init__(self, argument: str, pattern: str, problem: str) -> None:
        super().__init__(argument, pattern, problem)
        self.argument = argument
        self.pattern = pattern
        self.problem = problem

    def __str__(self) -> str:
        """Name the argument that holds it."""
        return f"{self.argument}={self.pattern!r}: {self.problem}"


class BadUrl(FailNow):
    """A text that is no URL of an object."""

    def __init__(self, url: str, problem: str) -> None:
        super().__init__(url, problem)
        self.url = url
        self.problem = problem

    def __str__(self) -> str:
        """Show the start of the text: it may be long."""
        return f"URL {self.url[:200]!r}: {self.problem}"


class BadManifest(FailNow):
    """The faults of a manifest, all of them at once."""

    def __init__(self, manifest: str, faults: Sequence[str]) -> None:
        super().__init__(manifest, faults)
        self.manifest = manifest
        self.faults = tuple(faults)

    def __str__(self) -> str:
        """List the first faults; `faults` has all of them."""
        return _listed(f"manifest {self.manifest}: {len(self.faults)} faults", self.faults)


class BadTable(FailNow):
    """The faults of a table of metadata, all of them at once."""

    def __init__(self, table: str, faults: Sequence[str]) -> None:
        super().__init__(table, faults)
        self.table = table
        self.faults = tuple(faults)

    def __str__(self) -> str:
        """List the first faults; `faults` has all of them."""
        return _listed(f"table {self.table}: {len(self.faults)} faults", self.faults)


class BadInventory(FailNow):
    """An inventory or table of keys that cannot stand for a listing, with its faults."""

    def __init__(self, inventory: str, faults: Sequence[str]) -> None:
        super().__init__(inventory, faults)
        self.inventory = inventory
        self.faults = tuple(faults)

    def __str__(self) -> str:
        """List the first faults; `faults` has all that were found."""
        return _listed(f"inventory {self.inventory}: {len(self.faults)} faults", self.faults)


class BadLedger(FailNow):
    """A ledger that cannot be opened or written until a person does something."""

    def __init__(self, ledger: str, problem: str) -> None:
        super().__init__(ledger, problem)
        self.ledger = ledger
        """Its URL, without the password."""

        self.problem = problem

    def __str__(self) -> str:
        """Name the ledger first."""
        return f"ledger {self.ledger}: {self.problem}"


class LedgerTooNew(FailNow):
    """A ledger that a later version of this package has changed; an older one could only damage it."""

    def __init__(self, ledger: str, needed: str, installed: str) -> None:
        super().__init__(ledger, needed, installed)
        self.ledger = ledger
        """Its URL, without the password."""

        self.needed = needed
        self.installed = installed

    def __str__(self) -> str:
        """Say which version to install, as a requirement."""
        return (
            f"ledger {self.ledger} has the tables of airflow-provider-encord {self.needed}, this worker those of "
            f"{self.installed}: pip install 'airflow-provider-encord>={self.needed}' on every worker"
        )


class NotShared(FailNow):
    """A ledger or a storage on one machine, for tasks on several: each would have its own."""

    def __init__(self, what: str, place: str, executors: Sequence[str], remedy: str) -> None:
        super().__init__(what, place, executors, remedy)
        self.what = what
        self.place = place
        self.executors = tuple(executors)
        self.remedy = remedy

    def __str__(self) -> str:
        """Name what is not shared, why that matters here, and the remedy."""
        return (
            f"the {self.what} {self.place} is on one machine, and {', '.join(self.executors)} may run tasks on "
            f"several: {self.remedy}"
        )


class MissingExtra(FailNow):
    """An optional dependency that this task needs is not installed."""

    def __init__(self, extra: str, purpose: str) -> None:
        super().__init__(extra, purpose)
        self.extra = extra
        self.purpose = purpose

    def __str__(self) -> str:
        """Say how to install it."""
        return f"{self.purpose} needs: pip install 'airflow-provider-encord[{self.extra}]'"


class NotFound(FailNow):
    """A bucket, object, folder, integration or dataset that does not exist, or that the key may not see."""

    def __init__(self, what: str, name: str, hint: str = "") -> None:
        super().__init__(what, name, hint)
        self.what = what
        self.name = name
        self.hint = hint

    def __str__(self) -> str:
        """Say what there is instead, where that is known."""
        return f"no {self.what} {self.name!r}" + (f": {self.hint}" if self.hint else "")


class Ambiguous(FailNow):
    """A name that several things bear; Encord's names are not unique."""

    def __init__(self, what: str, name: str, candidates: Sequence[str]) -> None:
        super().__init__(what, name, candidates)
        self.what = what
        self.name = name
        self.candidates = tuple(candidates)

    def __str__(self) -> str:
        """List the candidates, so that one can be given by its UUID."""
        return _listed(
            f"{len(self.candidates)} {self.what}s are named {self.name!r}; give one UUID", self.candidates
        )


class AlreadyLinked(FailNow):
    """Items that have a row in a dataset, where they must not; nothing was linked."""

    def __init__(self, dataset: str, items: Sequence[str]) -> None:
        super().__init__(dataset, items)
        self.dataset = dataset
        self.items = tuple(items)

    def __str__(self) -> str:
        """List the first of them; `items` has all."""
        return _listed(f"{len(self.items)} items have a row in {self.dataset!r} already", self.items)


class Refused(FailNow):
    """Encord understood the request and said no."""

    def __init__(self, request: str, reason: str) -> None:
        super().__init__(request, reason)
        self.request = request
        self.reason = reason

    def __str__(self) -> str:
        """Give Encord's reason in its own words."""
        return f"Encord refused to {self.request}: {self.reason}"


class SchemaDrift(FailNow):
    """The organisation's metadata schema is not, or cannot be, as declared."""

    def __init__(self, differences: Sequence[str]) -> None:
        super().__init__(differences)
        self.differences = tuple(differences)

    def __str__(self) -> str:
        """List the first differences; `differences` has all of them."""
        return _listed(f"metadata schema: {len(self.differences)} differences", self.differences)


class UploadFailed(FailNow):
    """An upload job that ended without registering all of its units."""

    def __init__(self, job_id: str, status: str, reasons: Sequence[str]) -> None:
        super().__init__(job_id, status, reasons)
        self.job_id = job_id
        self.status = status
        self.reasons = tuple(reasons)

    def __str__(self) -> str:
        """Give the job, how it ended, and Encord's reasons."""
        return _listed(f"upload job {self.job_id} ended {self.status}", self.reasons)


class TooManyManifests(FailNow):
    """Units that make more manifests than there may be, however large each is."""

    def __init__(self, manifests: int, most: int, because: str) -> None:
        super().__init__(manifests, most, because)
        self.manifests = manifests
        self.most = most
        self.because = because

    def __str__(self) -> str:
        """Say what stands in the way, and what helps."""
        return (
            f"the units make {self.manifests} manifests, and there may be {self.most}: they cannot be larger, for "
            f"{self.because} fills them; raise that limit if the plan allows it, allow more manifests, or ingest "
            "a smaller part of the bucket at once"
        )


class TooManyRefused(FailNow):
    """More objects were refused than the run allows."""

    def __init__(self, refused: int, allowed: float, reasons: Sequence[str]) -> None:
        super().__init__(refused, allowed, reasons)
        self.refused = refused
        self.allowed = allowed
        self.reasons = tuple(reasons)

    def __str__(self) -> str:
        """Give the count, the bound and the first reasons."""
        return _listed(f"{self.refused} objects were refused; the run allows {self.allowed:g}", self.reasons)


class ReceiptOpen(FailNow):
    """The account of a run does not close: objects whose fate is unknown."""

    def __init__(self, run: str, discovered: int, accounted: int, uri: str) -> None:
        super().__init__(run, discovered, accounted, uri)
        self.run = run
        self.discovered = discovered
        self.accounted = accounted
        self.uri = uri

    def __str__(self) -> str:
        """Say how many are missing and where the whole account is."""
        return (
            f"run {self.run}: {self.discovered} objects were discovered, {self.accounted} are accounted for; "
            f"the receipt is at {self.uri}"
        )


class DriftFound(FailNow):
    """Bucket, ledger, folder and dataset say different things."""

    def __init__(self, source: str, counts: Mapping[str, int], uri: str) -> None:
        super().__init__(source, counts, uri)
        self.source = source
        self.counts = dict(counts)
        self.uri = uri

    def __str__(self) -> str:
        """Count by kind, and say where each is named."""
        counted = ", ".join(f"{kind}: {count}" for kind, count in self.counts.items())
        return f"{self.source} has drifted: {counted}; each is named in {self.uri}"


class IllegalTransition(FailNow):
    """A fate that cannot follow the present one."""

    def __init__(self, url: str, present: str, wanted: str) -> None:
        super().__init__(url, present, wanted)
        self.url = url
        self.present = present
        self.wanted = wanted

    def __str__(self) -> str:
        """Name the object and both fates."""
        return f"{self.url} is {self.present}; it cannot become {self.wanted}"


class EncordUnavailable(RetryLater):
    """No answer, a rate limit or a fault on Encord's side."""

    def __init__(
        self,
        request: str,
        problem: str,
        retry_after: float | None = None,
        *,
        without_effect: bool = False,
        cut_off: bool = False,
    ) -> None:
        super().__init__(request, problem, retry_after)
        self.request = request
        self.problem = problem
        self.retry_after = retry_after
        """Seconds that Encord asked us to wait, when it said so."""

        self.without_effect = without_effect
        """Whether Encord certainly did nothing: it said that it takes no more for now."""

        self.cut_off = cut_off
        """Whether the connection was refused or broke, which does not mean that Encord has too much to do."""

    def __str__(self) -> str:
        """Say what was asked and what came back."""
        return f"could not {self.request}: {self.problem}"


class NoRoom(RetryLater):
    """As many upload jobs as may be are under way through an integration, and none has ended for long."""

    def __init__(self, integration: str, seconds: float) -> None:
        super().__init__(integration, seconds)
        self.integration = integration
        self.seconds = seconds

    def __str__(self) -> str:
        """Name the integration, and say how long was waited."""
        return (
            f"no room for another upload job through {self.integration} after {self.seconds / 60:g} minutes"
        )


class BucketUnavailable(RetryLater):
    """No answer from the object store."""

    def __init__(self, location: str, problem: str) -> None:
        super().__init__(location, problem)
        self.location = location
        self.problem = problem

    def __str__(self) -> str:
        """Name the place first."""
        return f"{self.location}: {self.problem}"


class LedgerUnavailable(RetryLater):
    """The ledger's database does not answer now; nothing of the transaction was written."""

    def __init__(self, ledger: str, problem: str) -> None:
        super().__init__(ledger, problem)
        self.ledger = ledger
        """Its URL, without the password."""

        self.problem = problem

    def __str__(self) -> str:
        """Name the ledger first."""
        return f"ledger {self.ledger}: {self.problem}"


class LeaseHeld(RetryLater):
    """Another task is doing this right now."""

    def __init__(self, name: str, holder: str) -> None:
        super().__init__(name, holder)
        self.name = name
        self.holder = holder

    def __str__(self) -> str:
        """Name the lease and who holds it."""
        return f"{self.name} is held by {self.holder}"


class UploadUnfinished(RetryLater):
    """Upload jobs still run at the deadline; they go on, and a retry waits for them again."""

    def __init__(self, job_ids: Sequence[str]) -> None:
        super().__init__(job_ids)
        self.job_ids = tuple(job_ids)

    def __str__(self) -> str:
        """List the jobs."""
        return _listed(f"{len(self.job_ids)} upload jobs are unfinished at the deadline", self.job_ids)


class UploadStalled(RetryLater):
    """Upload jobs of which no unit has moved for too long; they may go on, and a retry waits for them again."""

    def __init__(self, job_ids: Sequence[str], seconds: float) -> None:
        super().__init__(job_ids, seconds)
        self.job_ids = tuple(job_ids)
        self.seconds = seconds

    def __str__(self) -> str:
        """List the jobs."""
        headline = f"{len(self.job_ids)} upload jobs have stood still for {self.seconds / 60:g} minutes"
        return _listed(headline, self.job_ids)


def _listed(headline: str, lines: Sequence[str]) -> str:
    shown = "".join(f"\n  {line}" for line in lines[:SHOWN_FAULTS])
    more = len(lines) - SHOWN_FAULTS
    return headline + shown + (f"\n  ... and {more} more" if more > 0 else "")

"""What all steps of one run share."""

from dataclasses import dataclass

from encord_provider.buckets.bucket import Bucket
from encord_provider.buckets.checkpoint import Checkpoint
from encord_provider.buckets.inventory import Inventory
from encord_provider.buckets.listing import Listing
from encord_provider.ledger.keys import RunKey
from encord_provider.ledger.ledger import Ledger
from encord_provider.manifest.ingestion import Ingestion


@dataclass(frozen=True)
class Task:
    """One task of a run, the same at every try."""

    run: str
    """Unique among runs: ``<dag_id>/<run_id>``."""

    id: str
    """Unique within the run: ``<task_id>``, and ``[<map_index>]`` when it is mapped."""

    @property
    def name(self) -> str:
        """What holds a lease, and what a receipt is filed under."""
        return f"{self.run}/{self.id}"


@dataclass(frozen=True)
class Source:
    """The objects of a bucket whose keys begin with a prefix."""

    bucket: Bucket
    prefix: str
    inventory: Inventory | None = None
    """What is read in place of a listing."""

    def listing(self, since: Checkpoint | None = None) -> Listing | Inventory:
        """Return the objects, to be iterated over page by page; an inventory never knows where it stands."""
        return self.inventory or self.bucket.listing(self.prefix, since=since)


@dataclass(frozen=True)
class Run:
    """One run of one ingestion, and the ledger it is recorded in."""

    ledger: Ledger
    task: Task
    ingestion: Ingestion
    domain: str
    """Base URL of Encord's API: the same folder name at two domains is two targets."""

    @property
    def name(self) -> str:
        """What the ledger calls the run that the task belongs to."""
        return self.task.run

    @property
    def key(self) -> RunKey:
        """What names this run in the ledger."""
        return RunKey(self.target, self.name, self.ingestion.source)

    @property
    def target(self) -> str:
        """The folder that this run registers into, as the ledger names it."""
        return target_name(self.domain, self.ingestion.folder)


def target_name(domain: str, folder: str) -> str:
    """Return the ledger's name for a folder at a domain."""
    return f"{domain}#{folder}"

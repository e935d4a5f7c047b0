"""The account of one run, that closes."""

from dataclasses import asdict, dataclass
from typing import Any

from encord_provider.ingestion.run import Run
from encord_provider.ledger.runs import Held, Quarantined


@dataclass(frozen=True)
class Receipt:
    """What became of every object that a run discovered; all counts are objects."""

    run: str
    source: str
    folder: str
    discovered: int
    registered: int
    """Registered by this run."""

    already: int
    """Registered before this run began."""

    excluded: int
    quarantined: int
    """In quarantine, from this run or an earlier one."""

    pending: int
    """Left for a later run: not settled yet, or of a group that is not whole."""

    changed: int
    """Of *already*: newer versions of registered objects, which were not sent."""

    gone: int
    """Not of *discovered*: registered objects that the listing did not show."""

    quarantine: tuple[Quarantined, ...]
    """The objects in quarantine, each with its reason."""

    held: tuple[Held, ...] = ()
    """The groups that are not whole yet, each with what it lacks; their objects are pending."""

    @property
    def accounted(self) -> int:
        """How many of the discovered objects have a known fate."""
        return self.registered + self.already + self.excluded + self.quarantined + self.pending

    @property
    def closed(self) -> bool:
        """Whether the account closes: nothing lost, nothing counted twice."""
        return self.discovered == self.accounted

    def counts(self) -> dict[str, Any]:
        """Return the account without its details."""
        names = (
            "discovered",
            "registered",
            "already",
            "excluded",
            "quarantined",
            "pending",
            "changed",
            "gone",
        )
        return {name: getattr(self, name) for name in (*names, "closed")}

    def as_json(self) -> dict[str, Any]:
        """Return the whole account."""
        return asdict(self) | {"closed": self.closed}


def receipt(run: Run) -> Receipt:
    """Compute the receipt of *run* from the ledger."""
    listing = run.ledger.runs.listing(run.key)
    account = run.ledger.runs.account(run.key)
    return Receipt(
        run=run.name,
        source=run.ingestion.source,
        folder=run.ingestion.folder,
        discovered=listing.discovered,
        registered=account.registered,
        already=listing.already + account.already,
        excluded=listing.excluded,
        quarantined=account.quarantined,
        pending=listing.pending,
        changed=listing.changed,
        gone=listing.gone,
        quarantine=tuple(run.ledger.runs.quarantined(run.key)),
        held=tuple(run.ledger.runs.held(run.key)),
    )

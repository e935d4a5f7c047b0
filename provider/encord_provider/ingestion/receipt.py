"""The account of one run, that closes."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from encord_provider.ingestion.run import Run
from encord_provider.ledger.open_objects import OpenObject
from encord_provider.ledger.quarantine import Quarantined
from encord_provider.ledger.runs import Held
from encord_provider.uploads.causes import Cause, cause_of


@dataclass(frozen=True)
class NotLanded:
    """One object that did not land, and what can be done about it."""

    key: str
    url: str
    version: str
    reason: str
    cause: Cause
    remedy: str

    @classmethod
    def of(cls, found: Quarantined) -> Self:
        """Sort *found* by its reason."""
        cause = cause_of(found.reason)
        return cls(found.key, found.url, found.version, found.reason, cause, cause.remedy)


@dataclass(frozen=True)
class Unsettled:
    """One object whose fate is not known, and where it was left."""

    key: str
    url: str
    version: str
    fate: str
    reason: str

    @classmethod
    def of(cls, found: OpenObject) -> Self:
        """Tell from what is on record of *found* what has not happened."""
        return cls(found.key, found.url, found.version, found.fate, _why_open(found))


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
    """In the folder before, or registered by another run's job; newer versions that are not sent are among them."""

    excluded: int
    quarantined: int
    """In quarantine, from this run or an earlier one."""

    pending: int
    """Left for a later run: not settled yet, of a group that is not whole, or sent back from quarantine."""

    changed: int
    """Of *already*: newer versions of registered objects, which were not sent."""

    gone: int
    """Not of *discovered*: registered objects that the listing did not show."""

    not_landed: Callable[[], Iterator[NotLanded]] = field(compare=False, repr=False)
    """Yields the objects in quarantine, each with its reason, its cause and a remedy, while the ledger is open."""

    unsettled: Callable[[], Iterator[Unsettled]] = field(compare=False, repr=False)
    """Yields the objects whose fate is not known, each with where it was left, while the ledger is open."""

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

    @property
    def quarantine(self) -> tuple[NotLanded, ...]:
        """The objects in quarantine, all at once."""
        return tuple(self.not_landed())

    def pieces(self, **more: object) -> Iterator[bytes]:
        """Yield the whole account as JSON, piece by piece, with *more* in it: it names millions of objects."""
        whole = {"run": self.run, "source": self.source, "folder": self.folder} | self.counts() | more
        yield json.dumps(whole, ensure_ascii=False, indent=1).removesuffix("\n}").encode()
        yield from _array("quarantine", self.not_landed())
        yield from _array("held", self.held)
        yield from _array("open", self.unsettled())
        yield b"\n}\n"

    def failed_files(self) -> Iterator[bytes]:
        """Yield the objects that did not land as CSV, a line each, in UTF-8."""
        line = io.StringIO()
        table = csv.DictWriter(line, [field.name for field in fields(NotLanded)], lineterminator="\n")
        table.writeheader()
        for entry in self.not_landed():
            table.writerow(vars(entry))
            yield line.getvalue().encode()
            line.seek(0)
            line.truncate()
        yield line.getvalue().encode()


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
        pending=listing.pending + account.pending,
        changed=listing.changed,
        gone=listing.gone,
        not_landed=lambda: _not_landed(run),
        unsettled=lambda: _unsettled(run),
        held=tuple(run.ledger.runs.held(run.key)),
    )


def _not_landed(run: Run) -> Iterator[NotLanded]:
    for page in run.ledger.quarantine.pages(run.key):
        yield from map(NotLanded.of, page)


def _unsettled(run: Run) -> Iterator[Unsettled]:
    for page in run.ledger.open_objects.pages(run.key):
        yield from map(Unsettled.of, page)


def _why_open(found: OpenObject) -> str:
    if found.job:
        return f"its upload job {found.job} is not settled"
    if found.manifest:
        return f"it is in manifest {found.manifest}, of which no upload job is known"
    return "it is in no manifest: the task that builds them failed, or its upload job was cancelled"


def _array(name: str, entries: Iterable[NotLanded] | Iterable[Held] | Iterable[Unsettled]) -> Iterator[bytes]:
    """Yield a member of a JSON object that is an array of objects, a line each."""
    yield f',\n "{name}": ['.encode()
    separator = "\n  "
    for entry in entries:
        yield f"{separator}{json.dumps(asdict(entry), ensure_ascii=False)}".encode()
        separator = ",\n  "
    yield b"\n ]"

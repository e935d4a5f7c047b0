"""What is in quarantine goes back into the pipeline, once its cause is mended."""

import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from encord_provider.errors import NotFound
from encord_provider.ingestion.plan import BUILD_PATIENCE_SECONDS, BUILD_SECONDS
from encord_provider.ingestion.run import Run
from encord_provider.ledger.keys import RunKey
from encord_provider.ledger.quarantine import Quarantine, Quarantined
from encord_provider.manifest.candidates import Place
from encord_provider.manifest.globs import EVERYTHING, KeyFilter
from encord_provider.uploads.causes import Cause, cause_of


@dataclass(frozen=True)
class Choice:
    """Which of the objects in quarantine are meant; a group is meant when one of its members is."""

    causes: Collection[Cause] = frozenset(Cause)
    keys: Sequence[str] = (EVERYTHING,)
    """Globs over whole keys."""

    run: str | None = None
    """Only what this run had in its listing."""


def replay(run: Run, choice: Choice, *, dry_run: bool = False) -> Counter[Cause]:
    """Make the chosen objects new again, so that the next run registers them; return how many, by cause.

    Only what the latest listing of the source showed is meant: a version that was replaced does not come back.
    Nobody builds for the folder meanwhile. Doing it again changes nothing.

    Raises:
        NotFound: The source was never listed for this folder, or not by the run that was chosen.
        LeaseHeld: A run is building for the folder.

    """
    name = f"build {run.target}"
    with run.ledger.leases.hold(name, run.task.name, BUILD_SECONDS, patience=BUILD_PATIENCE_SECONDS) as lease:
        quarantine = run.ledger.under(lease).quarantine
        latest = quarantine.latest_listing(run.target, run.ingestion.source)
        if latest is None:
            raise NotFound(
                "listing of the source", run.ingestion.source, f"no run has listed it for {run.target}"
            )
        counts: Counter[Cause] = Counter()
        now = time.time()
        for some in _chosen(quarantine, latest, choice):
            counts.update(cause_of(entry.reason) for entry in some)
            if not dry_run:
                quarantine.release([entry.id for entry in some], now)
        return counts


def _chosen(quarantine: Quarantine, latest: RunKey, choice: Choice) -> Iterator[list[Quarantined]]:
    """Yield what is meant, groups as a whole, a page at a time."""
    places = {_place(entry) for page in _meant(quarantine, latest, choice) for entry in page} - {None}
    for page in quarantine.pages(latest):
        meant = {entry.id for entry in _of_page(quarantine, page, latest, choice)}
        yield [entry for entry in page if entry.id in meant or _place(entry) in places]


def _meant(quarantine: Quarantine, latest: RunKey, choice: Choice) -> Iterator[list[Quarantined]]:
    for page in quarantine.pages(latest):
        yield _of_page(quarantine, page, latest, choice)


def _of_page(
    quarantine: Quarantine, page: list[Quarantined], latest: RunKey, choice: Choice
) -> list[Quarantined]:
    """Return those of a page that are meant by themselves."""
    wanted = KeyFilter(choice.keys)
    meant = [entry for entry in page if entry.key in wanted and cause_of(entry.reason) in choice.causes]
    if choice.run is None:
        return meant
    shown = quarantine.among(replace(latest, name=choice.run), [entry.id for entry in meant])
    return [entry for entry in meant if entry.id in shown]


def _place(entry: Quarantined) -> Place | None:
    return (entry.kind or "", entry.shared) if entry.shared is not None else None

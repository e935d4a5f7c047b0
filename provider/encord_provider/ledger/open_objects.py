"""What may still land: object versions of a run whose fate is not known."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import not_, select

from encord_provider.ledger.fates import OPEN
from encord_provider.ledger.keys import RunKey
from encord_provider.ledger.paging import pages_by_key
from encord_provider.ledger.runs import RETURNED, is_run
from encord_provider.ledger.tables import manifests, objects, run_objects, runs
from encord_provider.ledger.transactions import Transaction


@dataclass(frozen=True, slots=True)
class OpenObject:
    """One object of which nobody knows yet whether it lands, and where it is."""

    id: int
    key: str
    url: str
    version: str
    fate: str
    manifest: str | None
    job: str | None
    """UUID of the upload job of its manifest, where one is known."""


class OpenObjects:
    """The object versions that keep accounts from closing."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def pages(self, run: RunKey) -> Iterator[list[OpenObject]]:
        """Yield the objects that *run* is answerable for and whose fate is not known, by key, a page at a time."""
        names = ("id", "key", "url", "version", "fate", "manifest")
        query = (
            select(*(objects.c[name] for name in names), manifests.c.job_uuid)
            .join(run_objects, run_objects.c.object == objects.c.id)
            .join(runs, runs.c.id == run_objects.c.run)
            .outerjoin(manifests, manifests.c.id == objects.c.manifest)
            .where(is_run(run), objects.c.fate.in_(OPEN), not_(RETURNED))
        )
        for rows in pages_by_key(self._transaction, query):
            yield [OpenObject(*row) for row in rows]

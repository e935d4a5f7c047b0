"""Whether anything new is waiting under a source."""

from collections.abc import Collection
from typing import TypeAlias

from encord_provider.hooks.buckets import open_source
from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.ledger import open_ledger
from encord_provider.manifest.ingestion import Ingestion

Place: TypeAlias = tuple[str | None, ...]
"""Source, inventory and connections."""


def anything_new(ingestion: Ingestion) -> bool:
    """Tell whether a settled object that the ledger does not know is under the source.

    Raises:
        BadSource: The source cannot be listed.
        BucketUnavailable: The store does not answer.

    """
    return bool(arrivals([ingestion]))


def place_of(ingestion: Ingestion) -> Place:
    """Return what ingestions have in common that one listing can serve."""
    return (ingestion.source, ingestion.inventory, ingestion.bucket_conn_id, ingestion.encord_conn_id)


def arrivals(ingestions: Collection[Ingestion]) -> set[Ingestion]:
    """Return those of some ingestions of one place for which something new is there; list once for all of them.

    Raises:
        BadSource: The source cannot be listed.
        BucketUnavailable: The store does not answer.

    """
    from encord_provider.ingestion import discover
    from encord_provider.ingestion.run import target_name

    one = next(iter(ingestions))
    domain = EncordHook(one.encord_conn_id).credentials.domain
    targets = {ingestion: target_name(domain, ingestion.folder) for ingestion in ingestions}
    with open_ledger() as ledger:
        source = open_source(one.source, one.bucket_conn_id, one.inventory)
        return discover.arrivals(ledger, source, targets)

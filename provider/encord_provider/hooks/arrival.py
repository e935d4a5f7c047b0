"""Whether anything new is waiting under a source."""

from encord_provider.hooks.buckets import open_source
from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.ledger import open_ledger
from encord_provider.manifest.ingestion import Ingestion


def anything_new(ingestion: Ingestion) -> bool:
    """Tell whether a settled object that the ledger does not know is under the source.

    Raises:
        BadSource: The source cannot be listed.
        BucketUnavailable: The store does not answer.

    """
    from encord_provider.ingestion.discover import anything_new as waiting
    from encord_provider.ingestion.run import target_name

    domain = EncordHook(ingestion.encord_conn_id).credentials.domain
    with open_ledger() as ledger:
        source = open_source(ingestion.source, ingestion.bucket_conn_id, ingestion.inventory)
        return waiting(ledger, source, ingestion, target_name(domain, ingestion.folder))

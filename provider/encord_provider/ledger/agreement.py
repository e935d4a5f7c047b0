"""Whether the ledger has a page of a listing just as it was listed: a question to the database, answered by one row.

Of a bucket that is in step every page is so. To read its rows one by one would cost more than to list them.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, String, cast, func, select

from encord_provider.ledger.fates import Fate
from encord_provider.ledger.tables import objects
from encord_provider.manifest.objects import BucketObject

_BETWEEN = "\n"
"""Stands in no URL and in no ETag."""

MOST_MANIFESTS = 500
"""Manifests that are named in the question; SQLite takes at most 32,766 values (sqlite.org/limits.html)."""


def agreed(
    connection: Connection, target: str, page: Sequence[BucketObject], but: Collection[str]
) -> list[int] | None:
    """Return the rows of *page* when all of it is registered, as listed, and was never missed; None otherwise.

    Args:
        connection: To the ledger.
        target: The ledger's name of the folder.
        page: In the order of its URLs; of any other the answer is None.
        but: Manifests whose objects do not count as registered.

    """
    if not page or len(but) > MOST_MANIFESTS:
        return None
    urls = [obj.url for obj in page]
    known = (
        select(objects.c.id, objects.c.url, objects.c.version)
        .where(objects.c.target == target, objects.c.url >= urls[0], objects.c.url <= urls[-1])
        .where(objects.c.fate == Fate.REGISTERED, objects.c.missing_since.is_(None))
        .where(func.coalesce(objects.c.manifest, "").not_in(but))
        .order_by(objects.c.url)
        .limit(len(page) + 1)
        .subquery()
    )
    ids, known_urls, versions = connection.execute(
        select(
            func.aggregate_strings(cast(known.c.id, String), _BETWEEN),
            func.aggregate_strings(known.c.url, _BETWEEN),
            func.aggregate_strings(known.c.version, _BETWEEN),
        )
    ).one()
    if known_urls != _BETWEEN.join(urls) or versions != _BETWEEN.join([obj.version for obj in page]):
        return None
    return [int(id_) for id_ in ids.split(_BETWEEN)]

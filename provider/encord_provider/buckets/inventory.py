"""An inventory in place of a listing: the same pages of objects, from files that the store or a person wrote.

Read are S3 Inventory, Google's Storage Insights and Azure's blob inventory by their manifests, and any table that has
a column of keys or of URLs. What a row does not say of its object, the store is asked for.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Final

from encord_provider.buckets.bucket import PAGE, Bucket
from encord_provider.buckets.inventory_columns import Columns
from encord_provider.buckets.inventory_manifest import Contents, contents
from encord_provider.buckets.inventory_rows import Table, rows
from encord_provider.errors import BadInventory, BadSource, NotFound
from encord_provider.manifest.objects import BucketObject

MOST_FAULTS: Final = 100
"""Rows that cannot be read, after which no more are looked at."""

REQUESTS: Final = 16
"""Objects that are asked for at a time, where rows do not say enough of them."""


class Inventory:
    """The objects under a prefix as an inventory has them; iterated over like a listing.

    Args:
        source: The bucket whose objects they are.
        prefix: What the keys begin with; others are passed over.
        files: The bucket where the inventory is.
        path: Key of its manifest, or of a table.

    """

    checkpoint: Final = None
    """There is none: an inventory is read from its beginning."""

    def __init__(self, source: Bucket, prefix: str, files: Bucket, path: str) -> None:
        self._source = source
        self._prefix = prefix
        self._files = files
        self._path = path
        self._faults: list[str] = []

    def __iter__(self) -> Iterator[list[BucketObject]]:
        """Yield pages of objects, none of them empty.

        Raises:
            BadInventory: No inventory of this bucket, or rows that cannot be read: at the end, with all of them.
            MissingExtra: A Parquet file, and PyArrow is not installed.
            NotFound: A file of the inventory is not there.
            BadConnection: A bucket refuses the credentials.
            BucketUnavailable: A store does not answer.

        """
        self._faults = []
        found = contents(self._files, self._path, self._source.name.partition("://")[2])
        with ThreadPoolExecutor(REQUESTS, thread_name_prefix="inventory") as threads:
            for table in found.tables:
                described = self._described(table, found)
                while page := list(islice(described, PAGE)):
                    objects = [one for one in page if isinstance(one, BucketObject)]
                    keys = [one for one in page if isinstance(one, str)]
                    objects += [obj for obj in threads.map(self._asked, keys) if obj]
                    if objects:
                        yield objects
                    self._stop_at(MOST_FAULTS)
        self._stop_at(1)

    def _described(self, table: Table, found: Contents) -> Iterator[BucketObject | str]:
        columns: Columns | None = None
        for number, row in rows(self._files, table):
            try:
                columns = columns or Columns(row, self._source, found)
                described = columns.read(row)
            except ValueError as error:
                self._faults.append(f"{table.key} row {number}, {error}")
                self._stop_at(MOST_FAULTS)
                if not columns:
                    return
                continue
            key = described.key if isinstance(described, BucketObject) else described
            if described and key and key.startswith(self._prefix):
                yield described

    def _asked(self, key: str) -> BucketObject | None:
        try:
            return self._source.head(key)
        except (NotFound, BadSource) as error:
            self._faults.append(str(error))
            return None

    def _stop_at(self, faults: int) -> None:
        if len(self._faults) >= faults:
            raise BadInventory(f"{self._files.name}/{self._path}", self._faults)

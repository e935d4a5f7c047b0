"""The manifests by which stores describe their inventories."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from encord_provider.buckets.bucket import Bucket
from encord_provider.buckets.inventory_rows import FORMATS, Table, format_of
from encord_provider.errors import BadInventory

MANIFEST: Final = ".json"
"""What the name of a manifest ends in."""


@dataclass(frozen=True)
class Contents:
    """What an inventory consists of, and how its keys are spelled."""

    tables: Sequence[Table]
    encoded: bool = False
    """Keys are percent-encoded, as S3 has them in CSV (docs.aws.amazon.com, "Amazon S3 Inventory list")."""

    container_first: bool = False
    """Keys begin with the name of the container (learn.microsoft.com, "Azure Storage blob inventory")."""


def contents(bucket: Bucket, key: str, source: str) -> Contents:
    """Read what the inventory at *key* consists of: its manifest says so, or it is one table.

    Args:
        bucket: Where the inventory is, with the files that its manifest names.
        key: Of the manifest, or of the table.
        source: Name of the bucket that the inventory must be of.

    Raises:
        BadInventory: No inventory, or one of another bucket.
        NotFound: There is no such file.
        BadConnection: The bucket refuses the credentials.
        BucketUnavailable: The store does not answer.

    """
    if not key.endswith(MANIFEST):
        return Contents([Table(key, format_of(key))])
    try:
        manifest = json.loads(bucket.read(key))
        if "fileSchema" in manifest:
            return _of_s3(manifest, source)
        if "report_shards_file_names" in manifest:
            directory = key.rpartition("/")[0]
            return Contents([_beside(directory, name) for name in manifest["report_shards_file_names"]])
        if "ruleDefinition" in manifest:
            return Contents([_beside("", file["blob"]) for file in manifest["files"]], container_first=True)
        problem = "no manifest of S3 Inventory, of Storage Insights or of Azure's blob inventory"
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        problem = f"no manifest of an inventory: {type(error).__name__}: {error}"
    raise BadInventory(f"{bucket.name}/{key}", [problem])


def _of_s3(manifest: Mapping[str, Any], source: str) -> Contents:
    """Read a manifest of S3 Inventory (docs.aws.amazon.com, "Inventory manifest")."""
    if manifest["sourceBucket"] != source:
        raise BadInventory(manifest["sourceBucket"], [f"it is of this bucket; the source is in {source}"])
    form = str(manifest["fileFormat"]).lower()
    if form not in FORMATS:
        raise BadInventory(source, [f"it is in {manifest['fileFormat']}; have S3 write CSV or Parquet"])
    header = [name.strip() for name in manifest["fileSchema"].split(",")] if form == "csv" else None
    tables = [Table(str(file["key"]), form, header) for file in manifest["files"]]
    return Contents(tables, encoded=form == "csv")


def _beside(directory: str, name: str) -> Table:
    key = name if "/" in name or not directory else f"{directory}/{name}"
    return Table(key, format_of(key))

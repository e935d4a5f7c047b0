"""Bucket objects, as a listing would report them."""

from datetime import UTC, datetime

from encord_provider.manifest.objects import BucketObject

MODIFIED = datetime(2026, 1, 1, tzinfo=UTC)


def listed(key: str, version: str = "1", size: int = 1, *, bucket: str = "fleet") -> BucketObject:
    """Return the object *key*, whose URL is easy to read in a failing assertion."""
    return BucketObject(key, f"https://{bucket}.example.com/{key}", size, version, MODIFIED)

"""A directory on this machine as a bucket."""

from pathlib import Path

from obstore.store import LocalStore

from encord_provider.buckets.bucket import Bucket


def directory_bucket(directory: str) -> Bucket:
    """Open *directory*, which is made when it is absent."""
    path = Path(directory)
    path.mkdir(parents=True, exist_ok=True)
    return Bucket(f"file://{path}", LocalStore(path), lambda key: (path / key).as_uri(), ordered=False)

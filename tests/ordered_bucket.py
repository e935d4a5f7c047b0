"""A directory that lists in the order of its keys, as object stores do, a few at a time, and that can fail."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path

from encord_provider.buckets.bucket import Bucket
from encord_provider.buckets.checkpoint import Checkpoint
from encord_provider.buckets.directory import directory_bucket
from encord_provider.buckets.listing import Listing
from encord_provider.buckets.walk import StorePage

KEYS_A_PAGE = 2


class Died(Exception):
    """The task's process was killed."""


@dataclass(frozen=True)
class OrderedBucket(Bucket):
    """Real files and the real `Listing`; only the order is made here, which a file system does not have."""

    pages_left: list[int] = field(default_factory=list)
    """How many pages it lists before it dies; empty for one that does not die."""

    asked: list[str | None] = field(default_factory=list)
    """After which key each listing began."""

    @classmethod
    def open(cls, directory: Path) -> "OrderedBucket":
        """Open a directory, which is made when it is absent."""
        opened = directory_bucket(str(directory))
        return cls(**{f.name: getattr(opened, f.name) for f in fields(opened)})

    def listing(self, prefix: str = "", *, since: Checkpoint | None = None, walks: int = 1) -> Listing:
        """List in order, one range at a time."""
        return Listing(self._in_order, prefix, walks=walks, since=since)

    def _in_order(self, after: str | None) -> Iterator[StorePage]:
        self.asked.append(after)
        found = sorted((o for page in Bucket.listing(self) for o in page), key=lambda obj: obj.key)
        left = [obj for obj in found if after is None or obj.key > after]
        for start in range(0, len(left), KEYS_A_PAGE):
            if self.pages_left:
                if self.pages_left[0] == 0:
                    raise Died
                self.pages_left[0] -= 1
            page = left[start : start + KEYS_A_PAGE]
            yield StorePage(tuple(obj.key for obj in page), tuple(page))

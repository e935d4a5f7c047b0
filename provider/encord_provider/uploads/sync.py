"""How far a synchronisation of a cloud-synced folder has come."""

from dataclasses import dataclass
from enum import StrEnum


class SyncStatus(StrEnum):
    """Encord's words for it (encord 0.1.211, ``SyncPrivateDataWithCloudSyncedFolderStatus``)."""

    PENDING = "pending"
    DONE = "done"
    """It came to its end; single files may have been refused."""

    ERROR = "error"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class SyncProgress:
    """The counters of one synchronisation."""

    status: SyncStatus
    pages: int = 0
    """Pages of the bucket's listing that were read."""

    pages_failed: int = 0
    registered: int = 0
    """Files that became items, or were read again."""

    refused: int = 0
    cancelled: int = 0
    pending: int = 0
    """Files that Encord is still reading."""

    @property
    def is_over(self) -> bool:
        """Whether it goes on no more."""
        return self.status is not SyncStatus.PENDING

"""A folder that Encord itself keeps in step with a prefix of a bucket."""

from dataclasses import dataclass

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.cloud_synced_folders import (
    Followed,
    follow,
    start_sync,
    sync_progress,
    take_side_files,
)
from encord_provider.errors import NotFound, TooManyRefused, UploadFailed
from encord_provider.ingestion.places import folder_lease, making
from encord_provider.ingestion.run import Task
from encord_provider.ledger.ledger import Ledger
from encord_provider.uploads.sync import SyncProgress, SyncStatus
from encord_provider.uploads.verdict import allowed, too_many


@dataclass(frozen=True)
class CloudFolder:
    """A folder, and the prefix that it follows."""

    name: str
    remote_url: str
    integration: str | None = None
    """Title or UUID; None is the connection's."""

    sidecar_suffix: str | None = None
    """What side files end in, which become custom metadata; None leaves them as Encord has them configured."""


def start(ledger: Ledger, api: EncordApi, folder: CloudFolder, task: Task) -> tuple[str, str]:
    """Make the folder when it is absent, and start a synchronisation; return the UUIDs of both.

    Names are not unique, so only one task at a time may make the folder.

    Raises:
        NotFound: No integration is given, or there is none of that title.
        BadSource: There is a folder of that name that follows something else.
        LeaseHeld: Another task is making the folder.

    """
    integration = api.integration(folder.integration)
    if integration is None:
        raise NotFound(
            "integration", "", "Encord lists the bucket through one; name it here or in the connection"
        )
    followed = Followed(integration, folder.remote_url)
    with making(ledger, folder_lease(api, folder.name), task) as mark:
        uuid = follow(api.client, folder.name, followed, mark)
        if folder.sidecar_suffix:
            take_side_files(api.client, uuid, folder.sidecar_suffix)
    return uuid, start_sync(api.client, uuid)


def look(api: EncordApi, folder_uuid: str, sync_uuid: str, max_failed: float | None) -> SyncProgress:
    """Tell how far a synchronisation has come; once it is over, whether it did what it should.

    Raises:
        UploadFailed: It failed as a whole, was cancelled, or could not read some of the bucket's listing.
        TooManyRefused: More files were refused than *max_failed* allows.

    """
    progress = sync_progress(api.client, folder_uuid, sync_uuid)
    if not progress.is_over:
        return progress
    if progress.status is not SyncStatus.DONE or progress.pages_failed:
        reasons = [f"{progress.pages_failed} pages of the bucket's listing could not be read"]
        raise UploadFailed(sync_uuid, progress.status.value, reasons)
    files = progress.registered + progress.refused + progress.cancelled
    if too_many(progress.refused, files, max_failed):
        reason = "Encord's app names them, in the notification of the synchronisation"
        raise TooManyRefused(progress.refused, allowed(files, max_failed), [reason])
    return progress

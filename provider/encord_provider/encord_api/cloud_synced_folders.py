"""Folders that follow a prefix of a bucket by themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from encord.orm.storage import CloudSyncedFolderParams, SidecarMatcherSuffix
from encord.storage import StorageFolder
from encord.user_client import EncordUserClient

from encord_provider.encord_api.faults import encord_faults
from encord_provider.encord_api.folders import find_folder
from encord_provider.errors import BadSource
from encord_provider.uploads.sync import SyncProgress, SyncStatus


@dataclass(frozen=True)
class Followed:
    """What a folder follows."""

    integration: str
    """UUID of the integration through which Encord lists and reads."""

    remote_url: str
    """The prefix, as Encord has it: ``s3://bucket/path/``, or the store's ``https`` address."""


def follow(client: EncordUserClient, name: str, followed: Followed, before_create: Callable[[], None]) -> str:
    """Return the UUID of the folder *name* that follows a prefix; make it when it is absent.

    *before_create* may raise when somebody else may be making it by now.

    Raises:
        BadSource: There is a folder of that name that follows nothing, or something else; that never changes.
        Ambiguous: Several folders have the name.

    """
    found = find_folder(client, name)
    if found is None:
        before_create()
        params = CloudSyncedFolderParams(
            integration_uuid=UUID(followed.integration), remote_url=followed.remote_url
        )
        with encord_faults(f"create the cloud-synced folder {name!r}"):
            found = client.create_storage_folder(name, cloud_synced_folder_params=params)
    problem = _problem(found, followed)
    if problem:
        raise BadSource(followed.remote_url, f"the folder {name!r} {problem}; choose another folder")
    return str(found.uuid)


def _problem(folder: StorageFolder, followed: Followed) -> str | None:
    if not folder.is_cloud_synced:
        return "is an ordinary one, and cannot become cloud-synced"
    if (folder.remote_url or "").rstrip("/") != followed.remote_url.rstrip("/"):
        return f"follows {folder.remote_url}"
    if str(folder.integration_hash) != followed.integration:
        return f"follows it through another integration, {folder.integration_hash}"
    return None


def take_side_files(client: EncordUserClient, folder_uuid: str, suffix: str) -> bool:
    """Let files that end in *suffix* become the custom metadata of those beside them; tell whether that is new."""
    with encord_faults(f"configure the folder {folder_uuid}"):
        folder = client.get_storage_folder(UUID(folder_uuid))
        present = folder.get_folder_config().metadata_ingestion
        if present and present.matcher.suffix == suffix and not present.paused:
            return False
        folder.enable_metadata_ingestion(SidecarMatcherSuffix(suffix=suffix))
        return True


def start_sync(client: EncordUserClient, folder_uuid: str) -> str:
    """Start a synchronisation and return its UUID.

    After `EncordUnavailable` it may have been started all the same; another one does no harm.
    """
    with encord_faults(f"synchronise the folder {folder_uuid}"):
        folder = client.get_storage_folder(UUID(folder_uuid))
        return str(folder.sync_private_data_with_cloud_synced_folder_start())


def sync_progress(client: EncordUserClient, folder_uuid: str, sync_uuid: str) -> SyncProgress:
    """Ask once how far a synchronisation has come."""
    with encord_faults(f"ask for the synchronisation {sync_uuid}"):
        folder = client.get_storage_folder(UUID(folder_uuid))
        state = folder.sync_private_data_with_cloud_synced_folder_get_result(
            UUID(sync_uuid), timeout_seconds=0
        )
    return SyncProgress(
        SyncStatus(state.status.value),
        pages=state.scan_pages_processing_done,
        pages_failed=state.scan_pages_processing_error,
        registered=state.upload_jobs_units_done,
        refused=state.upload_jobs_units_error,
        cancelled=state.upload_jobs_units_cancelled,
        pending=state.upload_jobs_units_pending,
    )

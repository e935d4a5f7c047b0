"""From a manifest to items in a folder, by the SDK's own two calls."""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from encord.exceptions import InvalidArgumentsError
from encord.orm.dataset import LongPollingStatus
from encord.orm.storage import (
    CustomerProvidedImageMetadata,
    DataUploadImage,
    DataUploadItems,
    UploadLongPollingState,
)
from encord.storage import StorageFolder, StorageItem

Manifest = dict[str, Any] | str | Path | DataUploadItems
"""Everything that the SDK takes for one."""

_PATIENCE_SECONDS = 60

_TRUSTED = CustomerProvidedImageMetadata(mime_type="image/png", file_size=100, width=32, height=24)


def register(
    folder: StorageFolder, integration: str, manifest: Manifest, *, ignore_errors: bool = False
) -> UploadLongPollingState:
    """Start an upload job and wait until it ends."""
    job = folder.add_private_data_to_folder_start(integration, manifest, ignore_errors)
    return folder.add_private_data_to_folder_get_result(job, timeout_seconds=_PATIENCE_SECONDS)


def registered(folder: StorageFolder, integration: str, manifest: Manifest) -> list[StorageItem]:
    """Register a manifest that has no fault and return the folder's items, by name."""
    state = register(folder, integration, manifest)
    assert state.status == LongPollingStatus.DONE, state
    return list(folder.list_items())


def expect_refusal(folder: StorageFolder, integration: str, manifest: Manifest) -> None:
    """Expect that a manifest of one unit registers nothing.

    Encord's documents say what it refuses, and not always whether it does so at once or unit by unit.
    """
    try:
        state = register(folder, integration, manifest, ignore_errors=True)
    except InvalidArgumentsError:
        pass
    else:
        assert state.units_error_count == 1
    assert list(folder.list_items()) == []


def trusted_images(
    urls: Iterable[str], *, skip_duplicate_urls: bool = False, **metadata: object
) -> DataUploadItems:
    """Name each URL an image, titled by its last part, whose media metadata saves Encord from reading it."""
    return DataUploadItems(
        images=[
            DataUploadImage(
                object_url=url,
                title=url.rsplit("/", 1)[-1],
                client_metadata=dict(metadata),
                image_metadata=_TRUSTED,
            )
            for url in urls
        ],
        skip_duplicate_urls=skip_duplicate_urls,
    )


def urls_of(folder: StorageFolder) -> list[str | None]:
    """Return the URLs of the folder's items, in the order of their names."""
    return [item.url for item in folder.list_items(page_size=1000)]


def stems_of(folder: StorageFolder, **listing: Any) -> list[str]:
    """List the folder and return the items' names without their endings."""
    return [PurePosixPath(item.name).stem for item in folder.list_items(**listing)]


def is_tombstone(item: StorageItem) -> bool:
    """Say whether the item stands for an object that has vanished."""
    return item._orm_item.is_tombstone  # noqa: SLF001 - the SDK parses it and shows it nowhere

"""Our units in the SDK's typed form, whose keys are certain for every kind, and where their items are."""

from uuid import UUID

from encord.exceptions import AuthorisationError
from encord.orm.storage import DataUploadItems
from encord.user_client import EncordUserClient

from encord_provider.encord_api.faults import encord_faults
from encord_provider.manifest.manifests import Manifest


def upload_items(manifest: Manifest) -> DataUploadItems:
    """Return *manifest* as the SDK sends it."""
    return DataUploadItems.from_dict(manifest.to_typed())


def parent_of(client: EncordUserClient, item: str) -> UUID | None:
    """Return the folder that an item is in; None when there is no such item, or none that the key may see."""
    with encord_faults(f"find the item {item}"):
        try:
            return client.get_storage_item(UUID(item)).parent_folder_uuid
        except AuthorisationError:  # Encord's answer for an item that does not exist, too
            return None

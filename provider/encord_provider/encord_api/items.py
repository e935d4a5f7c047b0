"""Our units in the SDK's typed form, whose keys are certain for every kind."""

from encord.orm.storage import DataUploadItems

from encord_provider.manifest.manifests import Manifest


def upload_items(manifest: Manifest) -> DataUploadItems:
    """Return *manifest* as the SDK sends it."""
    return DataUploadItems.from_dict(manifest.to_typed())

"""Items in a folder, registered by the SDK itself from supplied metadata, so that nothing need be read."""

from uuid import uuid4

from encord.orm.storage import CustomerProvidedImageMetadata, DataUploadImage, DataUploadItems

from encord_provider.sandbox.testing import RunningSandbox

_TRUSTED = CustomerProvidedImageMetadata(mime_type="image/png", file_size=100, width=32, height=24)


def registered_images(sandbox: RunningSandbox, count: int) -> str:
    """Register *count* images, titled by their numbers, each with a number as metadata; return the folder's UUID."""
    client = sandbox.client()
    folder = client.create_storage_folder(f"images {uuid4().hex[:8]}")
    (integration,) = [i.id for i in client.get_cloud_integrations() if i.title == "s3"]
    images = [
        DataUploadImage(
            object_url=f"https://b.example.com/{folder.uuid}/{n}.png",
            title=f"{n}.png",
            client_metadata={"n": n},
            image_metadata=_TRUSTED,
        )
        for n in range(count)
    ]
    job = folder.add_private_data_to_folder_start(
        str(integration), DataUploadItems(images=images), ignore_errors=False
    )
    state = folder.add_private_data_to_folder_get_result(job, timeout_seconds=60)
    assert len(state.items_with_names) == count, state
    return str(folder.uuid)

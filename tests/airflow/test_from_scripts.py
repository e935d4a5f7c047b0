"""Each script of Encord's documentation beside the task that takes its place: both run, and leave the same behind.

The scripts run against one Encord, the tasks against another. The page `guides/from-scripts` quotes both.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from encord import EncordUserClient
from encord.dataset import Dataset
from encord.http.bundle import Bundle
from encord.metadata_schema import MetadataSchema
from encord.orm.dataset import LongPollingStatus, StorageLocation
from encord.storage import StorageFolder, StorageItem

from encord_provider.metadata.custom import CustomMetadata
from encord_provider.metadata.embeddings import Embeddings
from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.testing import running_sandbox
from tests import media
from tests.airflow.conftest import World, returned_by, run_tasks
from tests.airflow.test_embeddings import put_vectors
from tests.bucket import Bucket
from tests.contract.registration import registered, trusted_images

pytestmark = pytest.mark.slow

PLACES = ("front", "rear")


@dataclass(frozen=True)
class Two:
    """Two Encords alike: the scripts change one, the tasks the other."""

    theirs: EncordUserClient
    ours: EncordUserClient
    bucket: Bucket

    @property
    def both(self) -> tuple[EncordUserClient, EncordUserClient]:
        """Return them, to prepare or to compare them."""
        return self.theirs, self.ours


@pytest.fixture
def two(world: World, bucket: Bucket, s3_integration: Integration) -> Iterator[Two]:
    """Run the other Encord beside that of the Airflow."""
    integration = s3_integration.model_copy(update={"title": "fleet-s3"})
    with running_sandbox(integrations=[integration]) as sandbox:
        yield Two(sandbox.client(), world.sandbox.client(), bucket)


def run(define: Callable[[], object]) -> dict[str, Any]:
    """Run tasks to their end; return what they returned."""
    tasks = run_tasks(define)
    assert {task.state for task in tasks.values()} == {"success"}, tasks
    return {name: returned_by(task) for name, task in tasks.items()}


def folder_of(client: EncordUserClient) -> StorageFolder:
    """Return the folder that both make."""
    (folder,) = client.find_storage_folders(search="fleet")
    return folder


def dataset_of(client: EncordUserClient) -> Dataset:
    """Return the dataset that both make."""
    (found,) = client.get_datasets(title_eq="fleet-labelling")
    return client.get_dataset(found["dataset"].dataset_hash)


def integration_of(client: EncordUserClient) -> str:
    """Return the UUID of the one integration."""
    (integration,) = client.get_cloud_integrations()
    return str(integration.id)


def with_images(two: Two) -> None:
    """Register the same images in both, without reading them."""
    for client in two.both:
        urls = [two.bucket.url(f"{place}.png") for place in PLACES]
        registered(client.create_storage_folder("fleet"), integration_of(client), trusted_images(urls))


def items_of(client: EncordUserClient) -> Mapping[str, StorageItem]:
    """Return the items by the last part of their names."""
    return {item.name.rpartition("/")[2]: item for item in folder_of(client).list_items()}


def test_folder(two: Two) -> None:
    client = two.theirs
    # --8<-- [start:folder_script]
    client.create_storage_folder(
        "fleet", description="Cameras of the fleet", client_metadata={"team": "blue"}
    )
    # --8<-- [end:folder_script]

    def ours() -> None:
        from encord_provider.operators.folder import EncordCreateFolderOperator

        # --8<-- [start:folder_task]
        EncordCreateFolderOperator(
            task_id="folder",
            folder="fleet",
            description="Cameras of the fleet",
            metadata={"team": "blue"},
        )
        # --8<-- [end:folder_task]

    made, again = run(ours)["folder"], run(ours)["folder"]

    made_by = [folder_of(client) for client in two.both]
    assert len({(f.name, f.description, json.dumps(f.client_metadata)) for f in made_by}) == 1
    assert (made["created"], again["created"], again["changed"]) == (True, False, False)


def test_upload_and_its_status(two: Two, tmp_path: Path) -> None:
    urls = [two.bucket.put(f"{n}.png", media.image(shade=n)) for n in range(2)]
    urls.append(two.bucket.put("broken.png", b"no picture"))
    source, client = two.bucket.uri(""), two.theirs
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"images": [{"objectUrl": url} for url in urls]}))
    client.create_storage_folder("fleet")
    # --8<-- [start:upload_script]
    folder = next(f for f in client.find_storage_folders(search="fleet") if f.name == "fleet")
    integration = next(i.id for i in client.get_cloud_integrations() if i.title == "fleet-s3")
    job = folder.add_private_data_to_folder_start(integration, manifest, ignore_errors=True)
    # --8<-- [end:upload_script]
    # --8<-- [start:status_script]
    state = folder.add_private_data_to_folder_get_result(job, timeout_seconds=60)
    failed = []
    if state.status is LongPollingStatus.DONE:  # and PENDING: ask again later
        failed = [url for error in state.unit_errors for url in error.object_urls]
    # --8<-- [end:status_script]

    def ours() -> None:
        from encord_provider.operators.manifest import EncordBuildManifestOperator
        from encord_provider.operators.receipt import EncordReceiptOperator
        from encord_provider.operators.upload import EncordSubmitUploadOperator
        from encord_provider.sensors.bucket import EncordBucketSensor
        from encord_provider.sensors.upload import EncordUploadSensor

        # --8<-- [start:upload_task]
        arrived = EncordBucketSensor(
            task_id="arrived", source=source, folder="fleet", integration="fleet-s3", settle_seconds=0
        )
        manifests = EncordBuildManifestOperator(task_id="manifests", arrived=arrived.output)
        jobs = EncordSubmitUploadOperator.partial(task_id="submit").expand(manifest=manifests.output)
        # --8<-- [end:upload_task]
        # --8<-- [start:status_task]
        done = EncordUploadSensor(task_id="registered", jobs=jobs.output, max_failed=1)
        done >> EncordReceiptOperator(task_id="receipt", arrived=arrived.output)
        # --8<-- [end:status_task]

    receipt = run(ours)["receipt"]

    assert [sorted(i.url or "" for i in items_of(client).values()) for client in two.both] == [urls[:2]] * 2
    assert failed == urls[2:]
    assert (receipt["registered"], receipt["quarantined"]) == (2, 1)


def test_dataset(two: Two) -> None:
    client = two.theirs
    # --8<-- [start:dataset_script]
    client.create_dataset("fleet-labelling", StorageLocation.S3_COMPATIBLE, create_backing_folder=False)
    # --8<-- [end:dataset_script]

    def ours() -> None:
        from encord_provider.operators.dataset import EncordCreateDatasetOperator

        # --8<-- [start:dataset_task]
        EncordCreateDatasetOperator(task_id="dataset", dataset="fleet-labelling")
        # --8<-- [end:dataset_task]

    made, again = run(ours)["dataset"], run(ours)["dataset"]

    assert [dataset_of(client).title for client in two.both] == ["fleet-labelling"] * 2
    assert [list(client.list_storage_folders()) for client in two.both] == [[], []]
    assert (made["dataset"], made["created"], again["created"]) == (again["dataset"], True, False)


def test_link_and_verify(two: Two) -> None:
    with_images(two)
    client = two.theirs
    client.create_dataset("fleet-labelling", StorageLocation.S3_COMPATIBLE, create_backing_folder=False)
    dataset = dataset_of(client)
    # --8<-- [start:link_script]
    folder = next(f for f in client.find_storage_folders(search="fleet") if f.name == "fleet")
    dataset.link_items([item.uuid for item in folder.list_items()])
    # --8<-- [end:link_script]
    # --8<-- [start:verify_script]
    linked_urls = [row.file_link for row in dataset.list_data_rows()]
    # --8<-- [end:verify_script]

    def ours() -> None:
        from encord_provider.operators.dataset import EncordLinkFolderOperator, EncordVerifyDatasetOperator

        # --8<-- [start:link_task]
        linked = EncordLinkFolderOperator(task_id="link", folder="fleet", dataset="fleet-labelling")
        # --8<-- [end:link_task]
        # --8<-- [start:verify_task]
        verified = EncordVerifyDatasetOperator(task_id="verify", folder="fleet", dataset="fleet-labelling")
        # --8<-- [end:verify_task]
        linked >> verified

    returned = run(ours)

    assert linked_urls == [row.file_link for row in dataset_of(two.ours).list_data_rows()]
    assert (returned["link"]["linked"], returned["verify"]["missing"]) == (2, 0)


def test_a_file_that_is_not_in_the_dataset_fails_the_verification_at_once(two: Two) -> None:
    with_images(two)
    two.ours.create_dataset("fleet-labelling", StorageLocation.S3_COMPATIBLE, create_backing_folder=False)

    def ours() -> None:
        from encord_provider.operators.dataset import EncordVerifyDatasetOperator

        EncordVerifyDatasetOperator(task_id="verify", folder="fleet", dataset="fleet-labelling")

    (task,) = run_tasks(ours).values()

    assert (task.state, task.try_number) == ("failed", 1)


def changed_schema(schema: MetadataSchema) -> None:
    """Do what the documentation's scripts do to a schema, one after the other."""
    # --8<-- [start:schema_add_script]
    schema.add_scalar("site", data_type="varchar")
    schema.add_scalar("reviewed", data_type="varchar")
    schema.add_enum("weather", values=["rain", "sun"])
    schema.add_scalar("old", data_type="number")
    schema.save()
    # --8<-- [end:schema_add_script]
    # --8<-- [start:schema_edit_script]
    schema.set_scalar("reviewed", data_type="boolean")
    schema.add_enum_options("weather", values=["fog"])
    schema.save()
    # --8<-- [end:schema_edit_script]
    # --8<-- [start:schema_delete_script]
    schema.delete_key("site")
    schema.delete_key("old", hard=True)
    schema.save()
    # --8<-- [end:schema_delete_script]
    # --8<-- [start:schema_restore_script]
    schema.restore_key("site")
    schema.save()
    # --8<-- [end:schema_restore_script]


def test_schema(two: Two) -> None:
    changed_schema(two.theirs.metadata_schema())

    def task(mode: str, declaration: Mapping[str, Any], *, delete_for_good: bool = False) -> dict[str, Any]:
        def ours() -> None:
            from encord_provider.operators.schema import EncordMetadataSchemaOperator

            EncordMetadataSchemaOperator(
                task_id="schema", declaration=declaration, mode=mode, delete_for_good=delete_for_good
            )

        returned: dict[str, Any] = run(ours)["schema"]
        return returned

    # --8<-- [start:schema_add_task]
    added = {
        "keys": {
            "site": "varchar",
            "reviewed": "varchar",
            "weather": {"type": "enum", "options": ["rain", "sun"]},
            "old": "number",
        }
    }
    # --8<-- [end:schema_add_task]
    # --8<-- [start:schema_edit_task]
    edited = {
        "keys": {
            "site": "varchar",
            "reviewed": "boolean",
            "weather": {"type": "enum", "options": ["rain", "sun", "fog"]},
            "old": "number",
        }
    }
    # --8<-- [end:schema_edit_task]
    # --8<-- [start:schema_delete_task]
    deleted = {
        "keys": {"reviewed": "boolean", "weather": {"type": "enum", "options": ["rain", "sun", "fog"]}},
        "deleted": ["site"],
        "deleted_for_good": ["old"],
    }
    # --8<-- [end:schema_delete_task]
    # --8<-- [start:schema_restore_task]
    restored = {
        "keys": {
            "site": "varchar",
            "reviewed": "boolean",
            "weather": {"type": "enum", "options": ["rain", "sun", "fog"]},
        },
        "deleted_for_good": ["old"],
    }
    # --8<-- [end:schema_restore_task]
    changes = [
        task("apply", declaration, delete_for_good=True)["changes"]
        for declaration in (added, edited, deleted, restored)
    ]

    assert all(changes)
    assert task("check", restored)["changes"] == 0
    assert str(two.theirs.metadata_schema()) == str(two.ours.metadata_schema())


def test_metadata(two: Two) -> None:
    with_images(two)
    table = two.bucket.uri("metadata.csv")
    two.bucket.put("metadata.csv", b"title,site,weather\nfront.png,junction,rain\nrear.png,junction,sun\n")
    client = two.theirs
    found = items_of(client)
    metadata = {
        found["front.png"].uuid: {"site": "junction", "weather": "rain"},
        found["rear.png"].uuid: {"site": "junction", "weather": "sun"},
    }
    # --8<-- [start:metadata_script]
    with Bundle() as bundle:
        for uuid, values in metadata.items():
            item = client.get_storage_item(uuid)
            item.update(client_metadata=(item.client_metadata or {}) | values, bundle=bundle)
    # --8<-- [end:metadata_script]

    def ours() -> None:
        from encord_provider.operators.metadata import EncordUpsertMetadataOperator

        # --8<-- [start:metadata_task]
        EncordUpsertMetadataOperator(task_id="describe", folder="fleet", table=table)
        # --8<-- [end:metadata_task]

    returned = run(ours)["describe"]

    written = [{name: i.client_metadata for name, i in items_of(client).items()} for client in two.both]
    assert written[0] == written[1] != {}
    assert returned["updated"] == 2


def test_embeddings_on_import(two: Two, tmp_path: Path) -> None:
    keys = [two.bucket.prefix + f"{place}.png" for place in PLACES]
    vectors = dict(zip(keys, ([1.0, 2.0], [3.0, 0.5]), strict=True))
    urls = [two.bucket.put(f"{place}.png", media.image(shade=n)) for n, place in enumerate(PLACES)]
    source, clip = two.bucket.uri(""), put_vectors(two.bucket, {(key, None): vectors[key] for key in keys})
    manifest, client = tmp_path / "manifest.json", two.theirs
    folder, integration = client.create_storage_folder("fleet"), integration_of(client)
    vector_of = dict(zip(urls, vectors.values(), strict=True))
    # --8<-- [start:import_embeddings_script]
    schema = client.metadata_schema()
    schema.add_embedding("fleet-clip", size=2)
    schema.save()
    images = [{"objectUrl": url, "clientMetadata": {"fleet-clip": vector_of[url]}} for url in urls]
    manifest.write_text(json.dumps({"images": images}))
    job = folder.add_private_data_to_folder_start(integration, manifest)
    # --8<-- [end:import_embeddings_script]
    folder.add_private_data_to_folder_get_result(job, timeout_seconds=60)

    def ours() -> None:
        from encord_provider.operators.manifest import EncordBuildManifestOperator
        from encord_provider.operators.upload import EncordSubmitUploadOperator
        from encord_provider.sensors.upload import EncordUploadSensor

        # --8<-- [start:import_embeddings_task]
        manifests = EncordBuildManifestOperator(
            task_id="manifests",
            source=source,
            folder="fleet",
            integration="fleet-s3",
            exclude="*.parquet",
            metadata=CustomMetadata(
                embeddings=[Embeddings("fleet-clip", clip, key="title", column="vector")]
            ),
        )
        # --8<-- [end:import_embeddings_task]
        jobs = EncordSubmitUploadOperator.partial(task_id="submit").expand(manifest=manifests.output)
        EncordUploadSensor(task_id="registered", jobs=jobs.output)

    run(ours)

    embedded = [{item.url: item.client_metadata for item in items_of(client).values()} for client in two.both]
    assert embedded[0] == embedded[1] == {url: {"fleet-clip": vector} for url, vector in vector_of.items()}
    assert str(two.theirs.metadata_schema()) == str(two.ours.metadata_schema())


def test_embeddings_of_items_that_are_there(two: Two) -> None:
    with_images(two)
    titles = [item.name for item in folder_of(two.ours).list_items()]
    clip = put_vectors(two.bucket, {(title, None): [1.0, 2.0] for title in titles})
    client = two.theirs
    uuids = [item.uuid for item in items_of(client).values()]
    schema = client.metadata_schema()
    schema.add_embedding("fleet-clip", size=2)
    schema.save()
    # --8<-- [start:embeddings_script]
    updates = {uuid: {"fleet-clip": [1.0, 2.0]} for uuid in uuids}
    with Bundle() as bundle:
        for uuid, update in updates.items():
            item = client.get_storage_item(uuid)
            item.update(client_metadata=(item.client_metadata or {}) | update, bundle=bundle)
    # --8<-- [end:embeddings_script]

    def ours() -> None:
        from encord_provider.operators.embeddings import EncordEmbeddingsOperator

        # --8<-- [start:embeddings_task]
        EncordEmbeddingsOperator(
            task_id="embed", folder="fleet", embedding="fleet-clip", vectors=clip, column="vector"
        )
        # --8<-- [end:embeddings_task]

    assert run(ours)["embed"]["items"] == 2

    written = [{name: i.client_metadata for name, i in items_of(client).items()} for client in two.both]
    assert written[0] == written[1] != {}
    assert str(two.theirs.metadata_schema()) == str(two.ours.metadata_schema())

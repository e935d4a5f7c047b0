"""What the sandbox answers has every field that the SDK's models know."""

import pytest
from encord.orm.base_dto import BaseDTO
from encord.orm.dataset import DatasetDataLongPolling, DatasetWithUserRole
from encord.orm.storage import StorageFolder, StorageFolderSummary, StorageItem, UploadLongPollingState

from encord_provider.sandbox import datasets, folders, items
from encord_provider.sandbox.wire import dataset as wire_dataset
from encord_provider.sandbox.wire import folder as wire_folder
from encord_provider.sandbox.wire import item as wire_item
from encord_provider.sandbox.wire import job as wire_job
from encord_provider.sandbox.world import World
from tests.unit.sandbox.uploading import finished, items_of, start_job, trusted

_ONLY_OF_A_TYPE = {"timeseriesSettings"}


def fields(model: type[BaseDTO]) -> set[str]:
    """Return the names of a model's fields as they stand on the wire."""
    return {field.alias or name for name, field in model.model_fields.items()}


@pytest.fixture
def answers(world: World) -> dict[type[BaseDTO], dict[str, object]]:
    """Collect one answer of each shape."""
    world.start()
    with world.database.writing() as connection:
        now = world.clock.stamp()
        dataset = datasets.create(connection, title="t", description="", owner="me", mirror=True, now=now)
    folder = dataset["backing_folder_uuid"]
    job = finished(world, start_job(world, folder, [trusted("s3://b/a.png")]))
    with world.database.reading() as connection:
        item = items.get(connection, items_of(world, folder)[0]["uuid"])
        return {
            StorageFolder: wire_folder.folder(connection, folders.get(connection, folder)),
            StorageFolderSummary: wire_folder.summary(folders.summary(connection, folder)),
            StorageItem: wire_item.item(item),
            UploadLongPollingState: wire_job.job(connection, job),
            DatasetDataLongPolling: wire_job.dataset_job(connection, job),
            DatasetWithUserRole: wire_dataset.listed(dataset),
        }


def test_no_field_is_missing_and_every_answer_parses(answers: dict[type[BaseDTO], dict[str, object]]) -> None:
    for model, answer in answers.items():
        assert fields(model) - set(answer) <= _ONLY_OF_A_TYPE, model
        model.from_dict(answer)

"""Items of a folder, rows of a dataset."""

import pytest

from encord_provider.errors import Ambiguous
from encord_provider.ingestion.link import link_folder
from encord_provider.ingestion.run import Task
from tests import media
from tests.unit.ingestion.conftest import FOLDER, Pipeline


def test_linking_again_links_only_what_came_since(pipeline: Pipeline) -> None:
    pipeline.bucket.put("a.png", media.image(shade=1))
    pipeline.ingest("first")
    first = link_folder(pipeline.ledger, pipeline.api, FOLDER, "labelling", Task("first", "link"))
    pipeline.bucket.put("b.png", media.image(shade=2))
    pipeline.ingest("second")
    second = link_folder(pipeline.ledger, pipeline.api, FOLDER, "labelling", Task("second", "link"))

    assert (first.linked, first.already) == (1, 0)
    assert (second.linked, second.already) == (1, 1)
    assert len(pipeline.sandbox.client().get_dataset(second.dataset_uuid).list_data_rows()) == 2


def test_a_new_dataset_has_no_folder_that_mirrors_it(pipeline: Pipeline) -> None:
    pipeline.bucket.put("a.png", media.image())
    pipeline.ingest()
    link_folder(pipeline.ledger, pipeline.api, FOLDER, "labelling", Task("run", "link"))

    folders = pipeline.sandbox.client().find_storage_folders()
    assert [folder.name for folder in folders] == [FOLDER]


def test_two_datasets_of_one_title_are_an_error_that_names_both(pipeline: Pipeline) -> None:
    pipeline.bucket.put("a.png", media.image())
    pipeline.ingest()
    made = [pipeline.sandbox.client().create_dataset("labelling", 1).dataset_hash for _ in range(2)]  # type: ignore[arg-type]  # not sent

    with pytest.raises(Ambiguous) as raised:
        link_folder(pipeline.ledger, pipeline.api, FOLDER, "labelling", Task("run", "link"))

    assert sorted(raised.value.candidates) == sorted(made)

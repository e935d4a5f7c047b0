"""What a dataset has, and what it was to have."""

import json

import pytest

from encord_provider.ingestion.selection import Query, selected
from encord_provider.ingestion.verify import Verification, verify
from tests import media
from tests.unit.ingestion.conftest import FOLDER, Pipeline

DATASET = "labelling"


@pytest.fixture
def linked(pipeline: Pipeline) -> Pipeline:
    """Register four images; link the first twice, the second once, and one of another folder."""
    for number in range(3):
        pipeline.bucket.put(f"{number}.png", media.image(shade=number))
    pipeline.ingest()
    other = pipeline.sandbox.client().create_storage_folder("other")
    (top,) = pipeline.folders(FOLDER)
    items = pipeline.items()
    top.move_items_to_folder(other, [items[2].uuid])
    pipeline.bucket.put("3.png", media.image(shade=9))
    pipeline.ingest("again")
    dataset = pipeline.api.dataset(DATASET, create=True)
    pipeline.api.link(dataset, [str(item.uuid) for item in items])
    pipeline.api.link(dataset, [str(items[0].uuid)], "DUPLICATE")
    return pipeline


def short(found: dict[str, str]) -> list[str]:
    return sorted(name.rpartition("/")[2] for name in found.values())


def check(found: Verification) -> None:
    assert short(dict(found.missing)) == ["3.png"]
    assert short(dict(found.extra)) == ["2.png"]
    assert short(dict(found.repeated)) == ["0.png"]
    assert found.counts == {"expected": 3, "rows": 4, "missing": 1, "extra": 1, "repeated": 1}


def test_what_is_missing_extra_or_repeated_is_named(linked: Pipeline) -> None:
    found = verify(linked.api, DATASET, selected(Query(FOLDER), linked.ledger, linked.api))

    check(found)
    lines = [json.loads(line) for line in found.lines()]
    assert {line["finding"] for line in lines} == {"missing", "extra", "repeated"}
    assert all(line["name"].endswith(".png") for line in lines)


@pytest.mark.parametrize("known_by", ["url", "title"])
def test_files_are_expected_by_what_a_person_has_of_them(linked: Pipeline, known_by: str) -> None:
    api = linked.api
    files = {(item.url or "") if known_by == "url" else item.name: item.name for item in api.items(FOLDER)}

    check(verify(api, DATASET, files, known_by))  # type: ignore[arg-type]  # one of the two


def test_a_dataset_that_has_everything_once_lacks_nothing(linked: Pipeline) -> None:
    api = linked.api
    dataset = api.dataset("whole", create=True)
    expected = selected(Query(FOLDER), linked.ledger, api)
    api.link(dataset, expected)

    found = verify(api, "whole", expected)

    assert found.counts == {"expected": 3, "rows": 3, "missing": 0, "extra": 0, "repeated": 0}
    assert list(found.lines()) == []

"""Which item, data row and frame each object of a dataset has become."""

import csv
import io
import json
from typing import Any

import pytest

from encord_provider.ingestion.labels import WRITERS, Form, labelled
from encord_provider.ingestion.link import link_folder
from encord_provider.ingestion.run import Task
from tests import media
from tests.unit.ingestion.conftest import FOLDER, Pipeline


@pytest.fixture
def linked(pipeline: Pipeline) -> Pipeline:
    """Link an image, a text and a group of two."""
    pipeline.bucket.put("a.png", media.image(shade=1))
    pipeline.bucket.put("notes.txt", b"a text")
    for frame in range(2):
        pipeline.bucket.put(f"rig/{frame}.png", media.image(shade=frame))
    grouped = pipeline.grouped(image_groups=r"(?P<unit>.*rig)/")
    grouped.ingest()
    link_folder(grouped.ledger, grouped.api, FOLDER, "labelling", Task("run", "link"))
    return grouped


def table(pipeline: Pipeline, form: Form) -> list[dict[str, Any]]:
    """Write the table and read it back with what people read such files with."""
    content = b"".join(WRITERS[form](labelled(pipeline.api, "labelling")))
    if form == "jsonl":
        return [json.loads(line) for line in content.splitlines()]
    if form == "csv":
        return list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    parquet = pytest.importorskip("pyarrow.parquet")
    rows: list[dict[str, Any]] = parquet.read_table(io.BytesIO(content)).to_pylist()
    return rows


def test_each_object_is_found_with_its_row_and_frame(linked: Pipeline) -> None:
    lines = table(linked, "jsonl")

    client = linked.sandbox.client()
    (found,) = client.get_datasets(title_eq="labelling")
    rows = {row.uid: row for row in client.get_dataset(found["dataset"].dataset_hash).list_data_rows()}
    by_url = {line["object_url"]: line for line in lines}
    assert [by_url[linked.bucket.url(f"rig/{n}.png")]["frame"] for n in range(2)] == [0, 1]
    assert {line["frames"] for line in lines if line["item_type"] == "imageGroup"} == {2}
    assert by_url[linked.bucket.url("a.png")]["frames"] == 1
    assert by_url[linked.bucket.url("notes.txt")]["frame"] is None
    assert {line["data_hash"] for line in lines} == rows.keys()
    for line in lines:
        row = rows[line["data_hash"]]
        assert (line["item_uuid"], line["title"]) == (str(row.backing_item_uuid), row.title)


def test_every_form_says_the_same(linked: Pipeline) -> None:
    lines = table(linked, "jsonl")

    assert table(linked, "parquet") == lines
    assert table(linked, "csv") == [
        {column: "" if value is None else str(value) for column, value in line.items()} for line in lines
    ]

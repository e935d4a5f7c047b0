"""Custom metadata of a table, merged into what items have."""

from encord_provider.ingestion.upsert import upsert_metadata
from tests import media
from tests.unit.ingestion.conftest import FOLDER, Pipeline


def test_keys_that_the_table_lacks_stay(pipeline: Pipeline) -> None:
    pipeline.bucket.put("a.png", media.image())
    pipeline.ingest()
    (item,) = pipeline.items()
    item.update(client_metadata={"team": "blue", "site": "old"})

    planned = upsert_metadata(pipeline.api, FOLDER, {item.name: {"site": "new"}}, "title")

    assert planned.changes == {str(item.uuid): {"team": "blue", "site": "new"}}
    (after,) = pipeline.items()
    assert after.client_metadata == {"team": "blue", "site": "new"}


def test_only_changes_are_sent(pipeline: Pipeline) -> None:
    url = pipeline.bucket.put("a.png", media.image())
    pipeline.ingest()
    wanted = {url: {"site": "new"}}
    upsert_metadata(pipeline.api, FOLDER, wanted, "url")
    asked = len(pipeline.sandbox.requests)

    again = upsert_metadata(pipeline.api, FOLDER, wanted, "url")

    assert (again.changes, again.unchanged) == ({}, 1)
    assert all(seen.method != "PATCH" for seen in pipeline.sandbox.requests[asked:])


def test_rows_that_match_no_item_are_reported(pipeline: Pipeline) -> None:
    pipeline.bucket.put("a.png", media.image())
    pipeline.ingest()

    assert upsert_metadata(pipeline.api, FOLDER, {"nobody": {"a": 1}}, "title").unmatched == ("nobody",)

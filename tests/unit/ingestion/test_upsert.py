"""Custom metadata of a table, merged into what items have."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from encord_provider.encord_api.api import EncordApi
from encord_provider.errors import BadTable, LeaseHeld
from encord_provider.ingestion.run import Task
from encord_provider.ingestion.upsert import Table, Upsert, Upserted, undo
from encord_provider.metadata.merge import MergeRules
from tests import media
from tests.contract.registration import register
from tests.unit.ingestion.conftest import FOLDER, Pipeline


@pytest.fixture
def registered(pipeline: Pipeline) -> Pipeline:
    """Register one image."""
    pipeline.bucket.put("a.png", media.image())
    pipeline.ingest()
    return pipeline


def upsert(
    pipeline: Pipeline,
    *rows: Mapping[str, Any],
    matched_by: str = "title",
    rules: MergeRules | None = None,
    preview: bool = False,
    jobs: bool = False,
) -> Upserted:
    """Upsert a table whose column ``item`` names the item."""
    wanted = {row["item"]: {key: row[key] for key in row if key != "item"} for row in rows}
    table = Table("dag/describe", FOLDER, wanted, matched_by, rules or MergeRules(), jobs=jobs)
    step = Upsert(pipeline.ledger, pipeline.api, pipeline.storage, table, Task("run", "describe"))
    return step.run(preview=preview)


def metadata(pipeline: Pipeline) -> Mapping[str, Any]:
    (item,) = pipeline.items()
    found: Mapping[str, Any] = item.client_metadata
    return found


def write(pipeline: Pipeline, **values: object) -> str:
    """Write metadata as another program does; return the item's title."""
    (item,) = pipeline.items()
    item.update(client_metadata=item.client_metadata | values)
    return str(item.name)


def changes(pipeline: Pipeline, upserted: Upserted) -> list[dict[str, Any]]:
    assert upserted.changes_uri is not None
    return [json.loads(line) for line in pipeline.storage.read(upserted.changes_uri).splitlines()]


def test_a_folder_that_no_run_has_had_anything_for_yet_has_nothing_to_describe(pipeline: Pipeline) -> None:
    pipeline.ingest()

    upserted = upsert(pipeline, {"item": "a.png", "site": "north"})

    assert upserted.plan.updates == {}
    assert upserted.plan.unmatched == ("a.png",)


def test_keys_that_the_table_lacks_stay(registered: Pipeline) -> None:
    title = write(registered, team="blue")

    upserted = upsert(registered, {"item": title, "site": "new"})

    assert metadata(registered) == {"team": "blue", "site": "new"}
    (change,) = changes(registered, upserted)
    assert (change["before"], change["after"]) == ({"team": "blue"}, {"team": "blue", "site": "new"})


def test_only_changes_are_sent(registered: Pipeline) -> None:
    (item,) = registered.items()
    row = {"item": item.url, "site": "new"}
    upsert(registered, row, matched_by="url")
    asked = len(registered.sandbox.requests)

    again = upsert(registered, row, matched_by="url")

    assert (again.plan.updates, again.plan.unchanged, again.changes_uri) == ({}, 1, None)
    assert all(seen.method != "PATCH" for seen in registered.sandbox.requests[asked:])


def test_items_are_matched_by_a_key_of_theirs(registered: Pipeline) -> None:
    write(registered, asset=17)

    upsert(registered, {"item": "17", "site": "new"}, matched_by="metadata.asset")

    assert metadata(registered) == {"asset": 17, "site": "new"}


def test_rows_that_match_no_item_are_reported(registered: Pipeline) -> None:
    assert upsert(registered, {"item": "nobody", "a": 1}).plan.unmatched == ("nobody",)


def test_what_others_wrote_since_is_told_from_what_the_table_gave(registered: Pipeline) -> None:
    title = write(registered)
    upsert(registered, {"item": title, "site": "north", "cam": 1})
    write(registered, site="by hand")

    upserted = upsert(registered, {"item": title, "site": "south", "cam": 2})

    (change,) = upserted.plan.conflicts
    assert [conflict.key for conflict in change.conflicts] == ["site"]
    assert metadata(registered) == {"site": "south", "cam": 2}


def test_the_platform_may_win(registered: Pipeline) -> None:
    title = write(registered)
    upsert(registered, {"item": title, "site": "north", "cam": 1})
    write(registered, site="by hand")

    upsert(registered, {"item": title, "site": "south", "cam": 2}, rules=MergeRules(winner="platform"))

    assert metadata(registered) == {"site": "by hand", "cam": 2}


def test_a_key_that_has_gone_from_the_table_goes_when_it_is_to_be_pruned(registered: Pipeline) -> None:
    title = write(registered, team="blue")
    upsert(registered, {"item": title, "site": "north", "cam": 1})

    upsert(registered, {"item": title, "cam": 1}, rules=MergeRules(prune=True))

    assert metadata(registered) == {"team": "blue", "cam": 1}


def test_a_preview_lists_the_changes_and_sends_none(registered: Pipeline) -> None:
    title = write(registered)

    upserted = upsert(registered, {"item": title, "site": "north"}, preview=True)

    assert len(changes(registered, upserted)) == 1
    assert metadata(registered) == {}


def test_a_change_between_the_listing_and_the_sending_is_carried_along(registered: Pipeline) -> None:
    title = write(registered)

    class Late(EncordApi):
        """Lets somebody write when the plan is made."""

        def change_metadata(self, *args: Any) -> Any:  # noqa: ANN401 - whatever the method takes
            write(registered, team="blue")
            return super().change_metadata(*args)

    table = Table("dag/describe", FOLDER, {title: {"site": "north"}})
    api = Late(registered.api.credentials)
    Upsert(registered.ledger, api, registered.storage, table, Task("run", "describe")).run()

    assert metadata(registered) == {"team": "blue", "site": "north"}


def test_one_task_describes_a_folder_at_a_time(registered: Pipeline) -> None:
    lease = f"metadata {registered.sandbox.url}#{FOLDER}"
    table = Table("dag/describe", FOLDER, {"a": {"site": "north"}})

    class Nosy(EncordApi):
        """Looks whether another task could describe the folder now."""

        def items(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the method takes
            with pytest.raises(LeaseHeld), registered.ledger.leases.hold(lease, "another", 1):
                pass
            return super().items(*args, **kwargs)

    api = Nosy(registered.api.credentials)
    Upsert(registered.ledger, api, registered.storage, table, Task("run", "describe")).run()


def test_an_upsert_is_undone_except_where_somebody_wrote_since(registered: Pipeline) -> None:
    title = write(registered, team="blue", site="old")
    upserted = upsert(registered, {"item": title, "site": "north", "cam": 1, "lens": "wide"})
    write(registered, lens="by hand", later=True)
    assert upserted.changes_uri is not None

    content = registered.storage.read(upserted.changes_uri)
    undone, kept = undo(registered.ledger, registered.api, upserted.changes_uri, content)

    assert (undone, kept) == (1, 1)
    assert metadata(registered) == {"team": "blue", "site": "old", "lens": "by hand", "later": True}


def test_after_an_undo_the_table_is_new_to_the_item(registered: Pipeline) -> None:
    title = write(registered)
    upserted = upsert(registered, {"item": title, "site": "north"})
    assert upserted.changes_uri is not None
    content = registered.storage.read(upserted.changes_uri)
    undo(registered.ledger, registered.api, upserted.changes_uri, content)

    again = upsert(registered, {"item": title, "site": "north"})

    assert (len(again.plan.updates), again.plan.conflicts) == (1, ())


def test_a_file_that_lists_no_changes_is_refused(pipeline: Pipeline) -> None:
    with pytest.raises(BadTable, match="line 2: not a change"):
        undo(pipeline.ledger, pipeline.api, "x.jsonl", b'{"item": "1", "before": {}, "after": {}}\n{}\n')


def test_what_items_cannot_be_matched_by_is_said(pipeline: Pipeline) -> None:
    with pytest.raises(BadTable, match="matched_by='name' is none of title, url, uuid, nor metadata"):
        upsert(pipeline, {"item": "a"}, matched_by="name")


def test_a_manifest_gives_items_what_patches_would(pipeline: Pipeline) -> None:
    pipeline.bucket.put("a.png", media.image(shade=1))
    pipeline.bucket.put("notes.txt", b"a text")
    for frame in range(2):
        pipeline.bucket.put(f"rig/{frame}.png", media.image(shade=frame))
    pipeline = pipeline.grouped(image_groups=r"(?P<unit>.*rig)/")
    pipeline.ingest()
    for item in pipeline.items():
        item.update(client_metadata={"team": "blue"})
    rows = [{"item": item.name, "site": "north"} for item in pipeline.items()]
    asked = len(pipeline.sandbox.requests)

    first = upsert(pipeline, *rows, jobs=True)
    patched = [seen.path for seen in pipeline.sandbox.requests[asked:] if seen.method == "PATCH"]
    again = upsert(pipeline, *rows, jobs=True)

    assert {item.item_type.value for item in pipeline.items()} == {"image", "plainText", "imageGroup"}
    assert all(item.client_metadata == {"team": "blue", "site": "north"} for item in pipeline.items())
    assert len(patched) == 1, "the group has no URL that a manifest could name it by"
    assert (len(first.plan.updates), again.plan.unchanged, again.changes_uri) == (3, 3, None)


def test_of_two_items_of_one_url_a_manifest_names_neither(registered: Pipeline) -> None:
    (item,) = registered.items()
    (folder,) = registered.folders(FOLDER)
    (integration,) = registered.sandbox.client().get_cloud_integrations()
    register(folder, str(integration.id), {"images": [{"objectUrl": item.url, "title": "twin"}]})

    upsert(registered, {"item": "twin", "site": "north"}, jobs=True)

    assert {found.name: found.client_metadata for found in registered.items()} == {
        item.name: {},
        "twin": {"site": "north"},
    }


def test_a_conflict_is_told_from_what_a_manifest_gave(registered: Pipeline) -> None:
    title = write(registered)
    upsert(registered, {"item": title, "site": "north"}, jobs=True)
    write(registered, site="by hand")

    upserted = upsert(registered, {"item": title, "site": "south"}, jobs=True)

    assert [conflict.key for change in upserted.plan.conflicts for conflict in change.conflicts] == ["site"]


def test_an_item_that_stands_twice_in_one_bundle_is_changed_once(registered: Pipeline) -> None:
    (item,) = registered.items()
    asked: list[str] = []

    def changed(uuid: str, present: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.append(uuid)
        return {**present, "times": len(asked)}

    sent = list(registered.api.change_metadata([str(item.uuid)] * 2, changed))

    assert sent == [asked] == [[str(item.uuid)]]
    assert metadata(registered) == {"times": 1}

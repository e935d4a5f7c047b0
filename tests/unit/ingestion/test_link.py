"""Items of a folder, rows of a dataset."""

from typing import Any

import pytest

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.datasets import LINKED_AT_ONCE, OnDuplicates
from encord_provider.errors import AlreadyLinked, Ambiguous, BadPattern, EncordUnavailable, NotFound
from encord_provider.ingestion.link import Linked, link_anew, link_folder, link_items
from encord_provider.ingestion.run import Task
from encord_provider.ingestion.selection import OfRun, Query, Selection
from tests import media
from tests.unit.encord_api.registered import registered_images
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


def link(pipeline: Pipeline, selection: Selection, dataset: str = "labelling") -> Linked:
    return link_items(pipeline.ledger, pipeline.api, selection, dataset, Task("run", "link"))


def titles(pipeline: Pipeline, dataset: str = "labelling") -> list[str]:
    """Return the titles of the dataset's rows in their order, through the SDK."""
    client = pipeline.sandbox.client()
    (found,) = client.get_datasets(title_eq=dataset)
    return [row.title for row in client.get_dataset(found["dataset"].dataset_hash).list_data_rows()]


@pytest.fixture
def three(pipeline: Pipeline) -> Pipeline:
    """Register two images and a text, and move one image into a folder below."""
    pipeline.bucket.put("b.png", media.image(shade=1))
    pipeline.bucket.put("a.png", media.image(shade=2))
    pipeline.bucket.put("c.txt", b"a text")
    pipeline.ingest("first")
    by_name = {item.name.rpartition("/")[2]: item for item in pipeline.items()}
    by_name["b.png"].update(client_metadata={"site": "north", "cam": 1})
    (top,) = pipeline.folders(FOLDER)
    top.move_items_to_folder(top.create_subfolder("below"), [by_name["b.png"].uuid])
    return pipeline


SELECTIONS: tuple[tuple[Query, list[str]], ...] = (
    (Query(FOLDER), ["a.png", "c.txt"]),
    (Query(f"/{FOLDER}"), ["a.png", "c.txt"]),
    (Query(f"/{FOLDER}/below"), ["b.png"]),
    (Query(FOLDER, subfolders=True), ["a.png", "c.txt", "b.png"]),
    (Query(FOLDER, subfolders=True, search=".PNG"), ["a.png", "b.png"]),
    (Query(FOLDER, item_types=("plainText", "video")), ["c.txt"]),
    (Query(FOLDER, subfolders=True, metadata={"cam": 1.0, "site": "north"}), ["b.png"]),
    (Query(FOLDER, subfolders=True, metadata={"cam": True}), []),
)


def test_what_a_query_selects_is_linked_in_its_order(three: Pipeline) -> None:
    for number, (query, expected) in enumerate(SELECTIONS):
        linked = link(three, query, f"labelling {number}")

        assert [t.rpartition("/")[2] for t in titles(three, f"labelling {number}")] == expected, query
        assert (linked.linked, linked.already) == (len(expected), 0)


def test_a_type_that_encord_does_not_have_is_refused_with_those_it_has(three: Pipeline) -> None:
    with pytest.raises(BadPattern, match=r"item_types='film'.*video, image"):
        link(three, Query(FOLDER, item_types=("film",)))


def test_the_items_of_a_run_are_linked_without_those_of_others(three: Pipeline) -> None:
    three.bucket.put("d.png", media.image(shade=4))
    three.ingest("second")

    linked = link(three, OfRun(three.run("second").key))

    assert linked.linked == 1
    assert [title.rpartition("/")[2] for title in titles(three)] == ["d.png"]


def test_a_folder_that_no_run_has_had_anything_for_yet_has_nothing_to_link(pipeline: Pipeline) -> None:
    pipeline.bucket.put("empty.png", b"")
    pipeline.ingest()

    assert pipeline.folders(FOLDER) == []
    linked = link(pipeline, Query(FOLDER))

    assert (linked.linked, linked.already) == (0, 0)


def test_a_folder_that_no_run_fills_is_not_found(three: Pipeline) -> None:
    with pytest.raises(NotFound, match="mistyped"):
        link(three, Query("mistyped"))


def test_a_folder_that_was_filled_and_is_gone_is_not_found(three: Pipeline) -> None:
    (folder,) = three.folders(FOLDER)
    folder.delete()

    with pytest.raises(NotFound, match=FOLDER):
        link(three, Query(FOLDER))


def anew(pipeline: Pipeline, run: str, duplicates: OnDuplicates, api: EncordApi | None = None) -> Linked:
    return link_anew(
        pipeline.ledger,
        api or pipeline.api,
        Query(FOLDER),
        "labelling",
        Task(run, "link"),
        storage=pipeline.storage,
        duplicates=duplicates,
    )


def test_each_run_gives_an_item_one_more_row_however_often_it_is_tried(three: Pipeline) -> None:
    for run in ("first", "first", "second", "second"):
        anew(three, run, "DUPLICATE")

    assert sorted(title.rpartition("/")[2] for title in titles(three)) == ["a.png"] * 2 + ["c.txt"] * 2


def test_nothing_is_linked_when_an_item_must_have_no_row_and_has_one(three: Pipeline) -> None:
    link(three, Query(FOLDER, search="a.png"))

    with pytest.raises(AlreadyLinked, match=r"1 items have a row in 'labelling' already\n  .*a\.png"):
        anew(three, "run", "FAIL")

    assert len(titles(three)) == 1


class Broken(EncordApi):
    """Loses the answer to what it links."""

    def link(self, *args: Any) -> None:  # whatever the method takes
        super().link(*args)
        raise EncordUnavailable("link", "no answer")


def test_a_try_that_must_find_no_rows_goes_on_with_those_of_the_try_before(three: Pipeline) -> None:
    with pytest.raises(EncordUnavailable):
        anew(three, "run", "FAIL", Broken(three.api.credentials))

    again = anew(three, "run", "FAIL")

    assert (again.linked, again.already) == (0, 2)
    with pytest.raises(AlreadyLinked):
        anew(three, "another run", "FAIL")


@pytest.mark.slow
def test_many_items_are_sent_by_the_thousand_and_only_those_that_are_absent(pipeline: Pipeline) -> None:
    folder = registered_images(pipeline.sandbox, 2 * LINKED_AT_ONCE + 500)
    names = sorted(f"{number}.png" for number in range(2 * LINKED_AT_ONCE + 500))
    items = [item.uuid for item in pipeline.api.items(folder)]
    pipeline.api.link(pipeline.api.dataset("labelling", create=True), items[: LINKED_AT_ONCE + 200])

    linked = link(pipeline, Query(folder))

    assert (linked.linked, linked.already) == (LINKED_AT_ONCE + 300, LINKED_AT_ONCE + 200)
    assert titles(pipeline) == names

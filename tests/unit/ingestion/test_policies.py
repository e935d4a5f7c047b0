"""Objects that change or go after they were registered, against an Encord that skips URLs it has."""

from dataclasses import replace
from typing import Literal

import pytest

from encord_provider.errors import EncordUnavailable
from encord_provider.ingestion.submit import SUPERSEDED
from tests import media
from tests.unit.ingestion.conftest import FOLDER, Pipeline

START = r"/data-upload-jobs$"


def items_of(pipeline: Pipeline, folder: str) -> list[str]:
    """Return the UUIDs of the items in a folder."""
    return [str(item.uuid) for found in pipeline.folders(folder) for item in found.list_items()]


def test_a_changed_object_is_counted_each_night_and_not_sent(pipeline: Pipeline) -> None:
    pipeline.bucket.put("a.png", media.image(shade=1))
    pipeline.ingest("first")
    pipeline.bucket.put("a.png", media.image(shade=2))

    for night in ("second", "third"):
        account = pipeline.ingest(night)
        assert (account.registered, account.already, account.changed, account.closed) == (0, 1, 1, True)
    assert len(items_of(pipeline, FOLDER)) == 1


def test_a_changed_object_that_is_ignored_counts_as_there(pipeline: Pipeline) -> None:
    pipeline = replace(pipeline, changed="ignore")
    pipeline.bucket.put("a.png", media.image(shade=1))
    pipeline.ingest("first")
    pipeline.bucket.put("a.png", media.image(shade=2))

    account = pipeline.ingest("second")

    assert (account.already, account.changed, account.closed) == (1, 0, True)


def test_a_changed_object_is_registered_again_once_and_its_old_item_is_kept_aside(pipeline: Pipeline) -> None:
    pipeline = replace(pipeline, changed="reregister")
    pipeline.bucket.put("a.png", media.image(shade=1))
    pipeline.bucket.put("b.png", media.image(shade=9))
    pipeline.ingest("first")
    old = set(items_of(pipeline, FOLDER))
    pipeline.bucket.put("a.png", media.image(width=64, height=48))

    second, third = pipeline.ingest("second"), pipeline.ingest("third")

    assert (second.registered, second.already, second.changed, second.closed) == (1, 1, 0, True)
    assert (third.registered, third.already, third.closed) == (0, 2, True)
    (aside,) = items_of(pipeline, FOLDER + SUPERSEDED)
    assert aside in old
    assert len(items_of(pipeline, FOLDER)) == 2
    made = next(item for item in pipeline.items() if item.name.endswith("a.png"))
    assert str(made.uuid) not in old
    assert (made.width, made.height) == (64, 48)


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_a_lost_answer_makes_no_second_item_of_a_changed_object(
    pipeline: Pipeline, fault: Literal["drop_before", "drop_after"]
) -> None:
    pipeline = replace(pipeline, changed="reregister")
    pipeline.bucket.put("a.png", media.image(shade=1))
    pipeline.ingest("first")
    pipeline.bucket.put("a.png", media.image(shade=2))
    (manifest,) = pipeline.build("second")
    pipeline.sandbox.faults.add(fault, method="POST", path=START)

    with pytest.raises(EncordUnavailable):
        pipeline.submit(manifest, "second")
    pipeline.settle(pipeline.submit(manifest, "second"))

    assert len(items_of(pipeline, FOLDER)) == len(items_of(pipeline, FOLDER + SUPERSEDED)) == 1
    assert pipeline.ingest("third").already == 1


def test_a_move_whose_answer_is_lost_and_a_task_that_dies_after_it_lose_nothing(pipeline: Pipeline) -> None:
    pipeline = replace(pipeline, changed="reregister")
    pipeline.bucket.put("a.png", media.image(shade=1))
    pipeline.ingest("first")
    pipeline.bucket.put("a.png", media.image(shade=2))
    (manifest,) = pipeline.build("second")
    pipeline.sandbox.faults.add("drop_after", method="POST", path=r"/items/move$")
    pipeline.sandbox.faults.add("drop_before", method="POST", path=START)

    with pytest.raises(EncordUnavailable):
        pipeline.submit(manifest, "second")
    pipeline.settle(pipeline.submit(manifest, "second"))

    assert len(items_of(pipeline, FOLDER)) == len(items_of(pipeline, FOLDER + SUPERSEDED)) == 1


def test_an_old_item_that_a_person_deleted_is_not_missed(pipeline: Pipeline) -> None:
    pipeline = replace(pipeline, changed="reregister")
    pipeline.bucket.put("a.png", media.image(shade=1))
    pipeline.ingest("first")
    (item,) = pipeline.items()
    item.delete()
    pipeline.bucket.put("a.png", media.image(shade=2))

    assert pipeline.ingest("second").registered == 1
    assert len(items_of(pipeline, FOLDER)) == 1


def test_gone_objects_are_counted_until_they_are_back(pipeline: Pipeline) -> None:
    image = media.image(shade=1)
    pipeline.bucket.put("a.png", image)
    pipeline.bucket.put("b.png", media.image(shade=2))
    pipeline.ingest("first")
    pipeline.bucket.delete("a.png")

    nights = [pipeline.ingest("second"), pipeline.ingest("third")]
    pipeline.bucket.put("a.png", image)
    back = pipeline.ingest("fourth")

    assert [(night.discovered, night.gone, night.closed) for night in nights] == [(1, 1, True)] * 2
    assert (back.discovered, back.already, back.gone, back.closed) == (2, 2, 0, True)


@pytest.mark.parametrize("deleted", [False, True])
def test_an_object_that_comes_back_after_its_tombstone_has_one_item(
    pipeline: Pipeline, *, deleted: bool
) -> None:
    pipeline = replace(pipeline, gone="tombstone")
    image = media.image(shade=1)
    pipeline.bucket.put("a.png", image)
    pipeline.ingest("first")
    pipeline.bucket.delete("a.png")
    assert [pipeline.ingest(night).gone for night in ("second", "third")] == [1, 0]
    if deleted:
        pipeline.items()[0].delete()

    pipeline.bucket.put("a.png", image)
    back = pipeline.ingest("fourth")

    assert (back.registered, back.closed) == (1, True)
    assert len(items_of(pipeline, FOLDER)) == 1

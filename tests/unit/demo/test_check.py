"""The independent check: it must see what is wrong, whatever a receipt says."""

from collections import Counter

import pytest

from demo.check import Comparison, Content, Found
from demo.corpus import CORPUS

POISON = min(CORPUS.poison_keys)


def perfect() -> Found:
    """Return what the SDK finds when all went well."""
    contents = [Content(unit.item_type, tuple(s.key for s in unit.sources)) for unit in CORPUS.units]
    return Found(
        contents=Counter(contents),
        metadata={key: dict(values) for key, values in CORPUS.metadata.items()},
        rows=Counter(content.keys[0] for content in contents),
    )


def faults(found: Found) -> tuple[str, ...]:
    return Comparison(CORPUS, found).faults


def one(item_type: str) -> Content:
    return next(content for content in perfect().contents if content.item_type == item_type)


def test_what_is_as_it_must_be_has_no_faults() -> None:
    assert faults(perfect()) == ()
    assert Comparison(CORPUS, perfect()).items_with_metadata == len(CORPUS.metadata)


def test_a_missing_item_is_named() -> None:
    found = perfect()
    del found.contents[one("pdf")]

    assert faults(found) == (f"not registered: {one('pdf')}",)


def test_an_item_that_is_there_twice_is_named() -> None:
    found = perfect()
    found.contents[one("video")] += 1

    assert faults(found) == (f"registered, and must not be: {one('video')}",)


def test_poison_that_landed_is_named() -> None:
    found = perfect()
    found.contents[Content("image", (POISON,))] += 1

    assert faults(found) == (f"registered, and must not be: image of {POISON}",)


def test_frames_in_the_wrong_order_are_a_fault() -> None:
    found = perfect()
    sequence = one("imageSequence")
    del found.contents[sequence]
    found.contents[sequence._replace(keys=tuple(sorted(sequence.keys)))] += 1

    assert len(faults(found)) == 2


def test_an_item_of_the_wrong_type_is_a_fault() -> None:
    found = perfect()
    group = one("imageGroup")
    del found.contents[group]
    found.contents[group._replace(item_type="imageSequence")] += 1

    assert len(faults(found)) == 2


@pytest.mark.parametrize("times", [0, 2])
def test_an_item_must_be_in_the_dataset_once(times: int) -> None:
    found = perfect()
    found.rows[one("audio").keys[0]] = times

    [fault] = faults(found)
    assert "in the dataset" in fault


def test_metadata_that_is_not_the_tables_is_a_fault() -> None:
    found = perfect()
    key = min(CORPUS.metadata)
    found.metadata[key]["site"] = "elsewhere"

    assert faults(found) == (f"metadata missing: {key}",)


def test_metadata_beyond_the_tables_is_none_of_our_business() -> None:
    found = perfect()
    found.metadata[min(CORPUS.metadata)]["source"] = "s3://elsewhere"

    assert faults(found) == ()


def test_a_boolean_equals_its_name_in_the_table() -> None:
    found = perfect()
    for values in found.metadata.values():
        values["reviewed"] = values["reviewed"] == "true"

    assert faults(found) == ()

"""Which objects make one unit, and in which order."""

import itertools

import pytest

from encord_provider.errors import FailNow
from encord_provider.manifest.grouping import Grouping, group, natural_order
from encord_provider.manifest.kinds import DEFAULT_KINDS, Kind
from tests.unit.manifest.listed import listed


def test_a_single_object_is_a_unit_titled_by_its_whole_key() -> None:
    grouped = group([listed("cam 1/a+b.mp4", size=7)], Grouping())

    ((unit, members),) = grouped.units
    assert (unit.kind, unit.title, unit.size) == (Kind.VIDEO, "cam 1/a+b.mp4", 7)
    assert unit.urls == tuple(o.url for o in members)


def test_dicom_files_of_one_directory_make_a_series() -> None:
    grouped = group([listed("ct/1/b.dcm"), listed("ct/1/a.dcm"), listed("ct/2/a.dcm")], Grouping())

    assert [(unit.kind, unit.title, len(unit.urls)) for unit, _ in grouped.units] == [
        (Kind.DICOM_SERIES, "ct/1", 2),
        (Kind.DICOM_SERIES, "ct/2", 1),
    ]


def test_a_dicom_file_in_no_directory_is_a_series_of_its_own() -> None:
    ((unit, _),) = group([listed("a.dcm")], Grouping()).units

    assert (unit.kind, unit.title) == (Kind.DICOM_SERIES, "a.dcm")


def test_images_that_share_the_unit_of_a_pattern_make_a_group_or_a_sequence() -> None:
    grouping = Grouping(image_groups=r"(?P<unit>groups/[^/]+)/", image_sequences=r"(?P<unit>drives/[^/]+)/")
    keys = ["groups/g1/a.jpg", "groups/g1/b.png", "drives/d1/1.jpg", "drives/d1/2.jpg", "loose.jpg"]

    grouped = group([listed(key) for key in keys], grouping)

    assert {(unit.kind, unit.title): len(unit.urls) for unit, _ in grouped.units} == {
        (Kind.IMAGE_GROUP, "groups/g1"): 2,
        (Kind.IMAGE_SEQUENCE, "drives/d1"): 2,
        (Kind.IMAGE, "loose.jpg"): 1,
    }


def test_only_images_join_groups_of_images() -> None:
    grouping = Grouping(image_groups=r"(?P<unit>[^/]+)/")

    grouped = group([listed("g/a.jpg"), listed("g/a.mp4"), listed("g/a.txt")], grouping)

    assert sorted((unit.kind, unit.title) for unit, _ in grouped.units) == [
        (Kind.IMAGE_GROUP, "g"),
        (Kind.TEXT, "g/a.txt"),
        (Kind.VIDEO, "g/a.mp4"),
    ]


def test_the_title_of_a_unit_does_not_depend_on_what_else_was_listed() -> None:
    grouping = Grouping(image_groups=r"(?P<unit>.*)/")
    alone = group([listed("visit/late.jpg")], grouping)
    together = group([listed("visit/a.jpg"), listed("visit/b.dcm")], grouping)

    ((unit, _),) = alone.units
    assert [u.title for u, _ in together.units if u.kind is Kind.IMAGE_GROUP] == [unit.title]


def test_units_of_two_kinds_in_one_directory_are_two_units_that_can_be_told_apart() -> None:
    grouping = Grouping(image_groups=r"(?P<unit>.*)/")

    grouped = group([listed("visit/a.jpg"), listed("visit/b.dcm")], grouping)

    assert len({(unit.kind, unit.title) for unit, _ in grouped.units}) == 2


def test_a_pattern_is_searched_from_the_start_of_the_key() -> None:
    grouping = Grouping(image_groups=r"(?P<unit>g\d)/")

    ((unit, _),) = group([listed("other/g1/a.jpg")], grouping).units

    assert unit.kind is Kind.IMAGE


def test_a_directory_whose_name_holds_a_line_break_is_one_series() -> None:
    ((unit, _),) = group([listed("ct\n1/a.dcm"), listed("ct\n1/b.dcm")], Grouping()).units

    assert unit.title == "ct\n1"


@pytest.mark.parametrize("pattern", ["groups/", "(?P<series>.*)/", "(unclosed"])
def test_a_pattern_that_cannot_work_is_a_mistake_of_the_person_who_gave_it(pattern: str) -> None:
    with pytest.raises(FailNow, match=r"unit|pattern|expression"):
        group([listed("groups/a.jpg")], Grouping(image_groups=pattern))


def test_objects_of_no_kind_are_set_aside() -> None:
    unknown = listed("notes.xyz")

    grouped = group([unknown, listed("a.mp4")], Grouping())

    assert grouped.unsupported == (unknown,)
    assert len(grouped.units) == 1


def test_members_are_in_natural_order_whatever_order_they_were_listed_in() -> None:
    keys = ["s/f1.jpg", "s/f01.jpg", "s/f2.jpg", "s/f10.jpg"]
    grouping = Grouping(image_sequences=r"(?P<unit>s)/")

    orders = {
        tuple(o.key for o in members)
        for listing in itertools.permutations(listed(key) for key in keys)
        for _, members in group(listing, grouping).units
    }

    assert len(orders) == 1
    (order,) = orders
    assert set(order[:2]) == {"s/f1.jpg", "s/f01.jpg"}
    assert order[2:] == ("s/f2.jpg", "s/f10.jpg")


def test_units_are_in_order_of_their_titles() -> None:
    grouped = group([listed("c.mp4"), listed("a.jpg"), listed("b.mp4")], Grouping())

    assert [unit.title for unit, _ in grouped.units] == ["a.jpg", "b.mp4", "c.mp4"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f9.jpg", "f10.jpg"),
        ("9.jpg", "10.jpg"),
        ("f1/2.jpg", "f1/10.jpg"),
        ("f1.jpg", "f1b.jpg"),
        ("f1", "f1.1"),
    ],
)
def test_numbers_in_keys_are_ordered_as_numbers(before: str, after: str) -> None:
    assert natural_order(before) < natural_order(after)


@pytest.mark.parametrize("key", ["①1.jpg", "1²3.png", "²", "٣٤.jpg", "1①", "x" * 900, "9" * 900, ""])
def test_no_digit_of_any_script_stops_the_ordering(key: str) -> None:
    assert sorted([key, "a.jpg"], key=natural_order)


def test_the_images_of_each_directory_can_be_one_unit() -> None:
    keys = ["runs/a/1.jpg", "runs/a/2.jpg", "runs/b/1.jpg", "other/1.jpg"]

    grouped = group([listed(key) for key in keys], Grouping.by_directory(Kind.IMAGE_SEQUENCE, "runs/"))

    assert [(unit.kind, unit.title) for unit, _ in grouped.units] == [
        (Kind.IMAGE, "other/1.jpg"),
        (Kind.IMAGE_SEQUENCE, "runs/a"),
        (Kind.IMAGE_SEQUENCE, "runs/b"),
    ]


def test_a_function_goes_before_every_rule_and_leaves_to_them_what_it_does_not_place() -> None:
    grouping = Grouping(by=lambda key: (Kind.IMAGE_GROUP, "all") if key.startswith("g") else None)

    grouped = group([listed("g1.jpg"), listed("g2.bin"), listed("a.mp4")], grouping)

    assert [(unit.kind, unit.title, len(unit.urls)) for unit, _ in grouped.units] == [
        (Kind.VIDEO, "a.mp4", 1),
        (Kind.IMAGE_GROUP, "all", 2),
    ]


def test_further_endings_can_be_given_a_kind() -> None:
    kinds = DEFAULT_KINDS.extended({".PCD": Kind.SCENE, ".csv": Kind.TIME_SERIES})

    grouped = group([listed("a.pcd"), listed("b.csv"), listed("c.mp4")], Grouping(kinds=kinds))

    scene, signals, video = (unit for unit, _ in grouped.units)
    assert (scene.kind, scene.scene, scene.urls) == (
        Kind.SCENE,
        {"url": "https://fleet.example.com/a.pcd", "format": "pcd"},
        (),
    )
    assert (signals.kind, video.kind) == (Kind.TIME_SERIES, Kind.VIDEO)

"""Objects to units: nothing is lost, nothing depends on the order of the listing."""

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from encord_provider.manifest.grouping import Grouping, group, natural_order
from encord_provider.manifest.kinds import GROUPED, kind_of
from encord_provider.manifest.objects import BucketObject
from tests.property.strategies import keys, listings

GROUPINGS = st.sampled_from(
    [
        Grouping(),
        Grouping(image_groups=r"(?P<unit>g\d+)/"),
        Grouping(image_sequences=r"(?P<unit>.*)/"),
        Grouping(
            image_groups=r"(?P<unit>g)/", image_sequences=r"(?P<unit>.*)/", dicom_series=r"(?P<unit>[^/]*)"
        ),
    ]
)


@given(objects=listings(), grouping=GROUPINGS)
def test_every_object_is_in_one_unit_or_unsupported(objects: list[BucketObject], grouping: Grouping) -> None:
    grouped = group(objects, grouping)

    placed = [obj for _, members in grouped.units for obj in members]
    assert sorted(obj.key for obj in (*placed, *grouped.unsupported)) == sorted(obj.key for obj in objects)
    assert {obj.key for obj in grouped.unsupported} == {o.key for o in objects if kind_of(o.key) is None}


@given(objects=listings(), grouping=GROUPINGS)
def test_a_unit_is_what_its_members_are(objects: list[BucketObject], grouping: Grouping) -> None:
    for unit, members in group(objects, grouping).units:
        assert {grouping.place(obj.key) for obj in members} == {(unit.kind, unit.title)}
        assert unit.urls in (tuple(obj.url for obj in members), ())
        assert unit.size == sum(obj.size for obj in members)
        assert len(members) == 1 or unit.kind in GROUPED


@given(data=st.data(), objects=listings(), grouping=GROUPINGS)
def test_the_order_of_the_listing_changes_nothing(
    data: st.DataObject, objects: list[BucketObject], grouping: Grouping
) -> None:
    shuffled = data.draw(st.permutations(objects))

    assert group(shuffled, grouping).units == group(objects, grouping).units


@given(data=st.data(), objects=listings(), grouping=GROUPINGS)
def test_a_title_does_not_depend_on_what_else_was_listed(
    data: st.DataObject, objects: list[BucketObject], grouping: Grouping
) -> None:
    some = [obj for obj in objects if data.draw(st.booleans())]
    in_all = {
        obj.key: (unit.kind, unit.title)
        for unit, members in group(objects, grouping).units
        for obj in members
    }

    for unit, members in group(some, grouping).units:
        assert {in_all[obj.key] for obj in members} == {(unit.kind, unit.title)}


@given(st.lists(keys | st.from_regex(r"[a-c0-9①²٣]{1,8}", fullmatch=True), max_size=8))
def test_keys_of_any_script_have_an_order(names: list[str]) -> None:
    ordered = sorted(names, key=natural_order)

    assert all(natural_order(a) <= natural_order(b) for a, b in itertools.pairwise(ordered))


@given(st.lists(st.integers(0, 10**6), unique=True), st.sampled_from(["f", "", "é/", "①"]))
def test_frames_are_in_order_of_their_numbers(numbers: list[int], prefix: str) -> None:
    names = [f"{prefix}{number}.jpg" for number in numbers]

    ordered = sorted(names, key=natural_order)

    assert [int(re.findall(r"(\d+)\.jpg", name)[0]) for name in ordered] == sorted(numbers)

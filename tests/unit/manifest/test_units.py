"""What Encord registers as one item."""

from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.units import Unit, unit_of
from tests.unit.manifest.listed import listed


def test_a_unit_holds_its_objects_in_the_order_given() -> None:
    objects = [listed("b.jpg", size=2), listed("a.jpg", size=3)]

    unit = unit_of(Kind.IMAGE_GROUP, "group", objects)

    assert unit.urls == (objects[0].url, objects[1].url)
    assert unit.size == 5


def test_units_with_metadata_can_be_keys_and_are_equal_only_with_the_same_metadata() -> None:
    one = Unit(Kind.IMAGE, "a", ("u",), client_metadata={"site": "north"})
    same = Unit(Kind.IMAGE, "a", ("u",), client_metadata={"site": "north"})
    other = Unit(Kind.IMAGE, "a", ("u",), client_metadata={"site": "south"})

    assert {one: 1}[same] == 1
    assert len({one, other}) == 2

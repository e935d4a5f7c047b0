"""Rules of the metadata schema that the SDK never puts to the test."""

import json
from typing import Any

import pytest

from encord_provider.sandbox import schema, schema_v1
from encord_provider.sandbox.errors import InvalidError
from encord_provider.sandbox.world import World

NUMBER = {"ty": "variant", "hint": "number"}
EMBEDDING = {"ty": "embedding", "size": 3, "api": None}
GONE = {"ty": "tombstone", "deleted_ty": None}


def save(world: World, saved: dict[str, Any]) -> dict[str, Any] | None:
    """Save a schema and read it back."""
    with world.database.writing() as connection:
        schema.replace(connection, json.dumps(saved).encode(), world.limits)
    with world.database.reading() as connection:
        return schema.read(connection)


def test_there_is_no_schema_before_the_first(world: World) -> None:
    with world.database.reading() as connection:
        assert schema.read(connection) is None


def test_old_names_of_scalars_are_saved_as_the_new_ones(world: World) -> None:
    found = save(
        world, {"a": {"ty": "variant", "hint": "string"}, "b": {"ty": "variant", "hint": "long_string"}}
    )
    assert found == {"a": {"ty": "variant", "hint": "varchar"}, "b": {"ty": "variant", "hint": "text"}}


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (GONE, NUMBER, "hard deleted"),
        (EMBEDDING, {**EMBEDDING, "size": 4}, "size"),
        (EMBEDDING, NUMBER, "type"),
        ({"ty": "tombstone", "deleted_ty": EMBEDDING}, NUMBER, "type"),
        ({"ty": "enum", "values": ["a", "b"]}, {"ty": "enum", "values": ["a"]}, "not removed"),
    ],
)
def test_what_cannot_change_stays(
    world: World, before: dict[str, Any], after: dict[str, Any], reason: str
) -> None:
    save(world, {"key": before})
    with pytest.raises(InvalidError, match=reason):
        save(world, {"key": after})


@pytest.mark.parametrize(
    "saved",
    [
        {"$key": NUMBER},
        {"": NUMBER},
        {"- .": NUMBER},
        {"key.frames": NUMBER},
        {"a/b": NUMBER},
        {"key": {"ty": "colour"}},
        {"key": {"ty": "enum", "values": []}},
        {"key": {"ty": "enum", "values": [str(number) for number in range(257)]}},
        {"key": {"ty": "embedding", "size": 4097}},
        {"key": {"ty": "embedding", "size": 0}},
        [],
    ],
)
def test_what_is_no_schema_is_refused_whole(world: World, saved: Any) -> None:  # noqa: ANN401 - also what is no map
    with pytest.raises(InvalidError):
        save(world, saved)
    with world.database.reading() as connection:
        assert schema.read(connection) is None


@pytest.mark.parametrize("key", ["site", "Größe", "a-b_c d.e", "1"])
def test_letters_of_any_script_make_a_key(world: World, key: str) -> None:
    assert save(world, {key: NUMBER}) == {key: NUMBER}


def test_the_first_version_has_a_word_for_each_type(world: World) -> None:
    geospatial = {"ty": "geospatial"}
    save(
        world,
        {"n": NUMBER, "e": EMBEDDING, "g": geospatial, "o": {"ty": "enum", "values": ["x"]}, "gone": GONE},
    )
    with world.database.reading() as connection:
        found = schema_v1.read(connection, world.clock.stamp())
    assert found is not None
    assert found["metadataSchema"] == {"n": "number", "e": "embedding", "g": "geospatial", "o": "enum"}


def test_the_first_version_keeps_what_it_cannot_write(world: World) -> None:
    save(world, {"e": EMBEDDING})
    with world.database.writing() as connection:
        schema_v1.replace(connection, b'{"e": "embedding", "s": "string"}', world.limits)
        assert schema.read(connection) == {"e": EMBEDDING, "s": {"ty": "variant", "hint": "varchar"}}
        with pytest.raises(InvalidError):
            schema_v1.replace(connection, b'{"new": "embedding"}', world.limits)

"""A team's declaration of metadata keys, and everything that can be wrong with one."""

import pytest

from encord_provider.errors import BadTable
from encord_provider.manifest.schema import KeyType
from encord_provider.metadata.declaration import Declaration

WHOLE = b"""
namespace: fleet
keys:
  fleet.site: varchar
  fleet.note: long_string
  fleet.weather: {type: enum, options: [sun, rain]}
  fleet.place: geospatial
deleted: [fleet.wether]
deleted_for_good: [fleet.secret]
"""


def faults(content: str) -> list[str]:
    with pytest.raises(BadTable) as caught:
        Declaration.read("fleet.yaml", content.encode())
    assert caught.value.table == "fleet.yaml"
    return list(caught.value.faults)


def test_a_declaration_names_types_options_and_what_goes() -> None:
    declaration = Declaration.read("fleet.yaml", WHOLE)

    assert declaration.keys == {
        "fleet.site": KeyType("varchar", size=8192),
        "fleet.note": KeyType("text"),
        "fleet.weather": KeyType("enum", frozenset({"sun", "rain"})),
        "fleet.place": KeyType("geospatial"),
    }
    assert (set(declaration.deleted), set(declaration.deleted_for_good)) == (
        {"fleet.wether"},
        {"fleet.secret"},
    )


def test_json_is_read_alike_and_so_is_data() -> None:
    declared = {"keys": {"clip": {"type": "embedding", "size": 512}}}

    assert Declaration.read("a.json", b'{"keys": {"clip": {"type": "embedding", "size": 512}}}') == (
        Declaration.parse("data", declared)
    )


def test_the_former_names_of_types_are_understood() -> None:
    declaration = Declaration.parse("data", {"keys": {"a": "string", "b": "long_string"}})

    assert [declaration.keys[key].name for key in "ab"] == ["varchar", "text"]


def test_an_embedding_whose_name_has_no_dot_can_be_in_a_namespace() -> None:
    keys = {"fleet-clip": {"type": "embedding", "size": 4}, "fleet.site": "text"}

    declaration = Declaration.parse("data", {"namespace": "fleet", "keys": keys})

    assert set(declaration.keys) == set(keys)
    assert [declaration.owns(key) for key in ("fleet_x", "fleetx", "fleet")] == [True, False, False]


def test_without_a_namespace_only_named_keys_are_ones_own() -> None:
    declaration = Declaration.parse("data", {"keys": {"a.b": "text"}})

    assert [declaration.owns(key) for key in ("a.b", "a.c")] == [True, False]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("keys: {a: numbr}", "no type is named 'numbr'"),
        ("keys: {a: [number]}", "no type is named"),
        ("keys: {a: user}", "only Encord itself makes keys of type user"),
        ("keys: {a: {type: enum, options: []}}", "an enum has 1 to 256 options, not 0"),
        ("keys: {a: enum}", "the options of an enum are a list of texts"),
        ("keys: {a: {type: enum, options: [yes]}}", "the options of an enum are a list of texts"),
        ("keys: {a: {type: enum, options: [x, y, x]}}", "an option stands twice"),
        ("keys: {a: {type: enum, values: [x]}}", "values is none of type, options, size"),
        ("keys: {a: {type: embedding, size: 4097}}", "1 to 4096 numbers"),
        ("keys: {my clip: {type: embedding, size: 4}}", "letters, digits, hyphens and underscores only"),
        ("keys: {$a: text}", "letters a to z"),
        ("keys: {keyframes: text}", "reserved"),
        ("keys: {3: text}", "key 3: a name has letters"),
        ("keys: {ż: text}", "letters a to z"),
        ("{namespace: fleet, keys: {site: text}}", "call it fleet.site"),
        ("{keys: {a: text}, deleted: [a]}", "'a': it is declared 2 times"),
        ("keys: {a: text, a: number}", "'a' stands twice"),
        ("keys: [a, b]", "keys is not a mapping"),
        ("deleted: a", "deleted is not a list of names"),
        ("namespace: 3", "namespace is not text"),
        ("key: {a: text}", "'key' is none of namespace, keys, deleted, deleted_for_good"),
        ("- a", "it is not a mapping"),
        ("", "it is not a mapping"),
        ("keys: {a", "it cannot be read as YAML"),
        ("keys: {a: !!python/object:os.system {}}", "it cannot be read as YAML"),
    ],
)
def test_what_is_wrong_is_said(content: str, fault: str) -> None:
    assert [found for found in faults(content) if fault in found]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    assert len(faults("{namespace: fleet, keys: {site: text, fleet.a: numbr, fleet.u: user}}")) >= 3


def test_bytes_that_are_no_text_are_a_fault() -> None:
    with pytest.raises(BadTable, match="cannot be read as YAML"):
        Declaration.read("fleet.yaml", b"keys: {\xff: text}")

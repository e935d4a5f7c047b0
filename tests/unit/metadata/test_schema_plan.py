"""What makes a schema say what is declared, and what nothing can."""

from typing import Any

import pytest

from encord_provider.manifest.schema import KeyType
from encord_provider.metadata.declaration import Declaration
from encord_provider.metadata.schema_plan import (
    AddKey,
    AddOptions,
    ChangeScalar,
    DeleteKey,
    RestoreKey,
    SchemaPlan,
    Step,
    plan_schema,
)

TEXT = {"ty": "variant", "hint": "text"}
WEATHER = {"ty": "enum", "values": ["rain", "sun"]}
CLIP = {"ty": "embedding", "size": 4, "api": None}


def deleted(form: dict[str, Any] | None) -> dict[str, Any]:
    return {"ty": "tombstone", "deleted_ty": form}


def plan(declared: object, present: dict[str, Any] | None, *, key: str = "key") -> SchemaPlan:
    """Plan one declared key over one present key."""
    document = {} if present is None else {key: present}
    return plan_schema(Declaration.parse("data", {"keys": {key: declared}}), document)


def enum(*options: str) -> dict[str, Any]:
    return {"type": "enum", "options": list(options)}


@pytest.mark.parametrize(
    ("declared", "present", "steps"),
    [
        ("text", None, [AddKey("key", KeyType("text"))]),
        ("text", TEXT, []),
        ("number", TEXT, [ChangeScalar("key", KeyType("text"), KeyType("number"))]),
        ("number", {"ty": "number", "format": "F32"}, []),
        ("text", deleted(TEXT), [RestoreKey("key")]),
        ("number", deleted(TEXT), [ChangeScalar("key", KeyType("text"), KeyType("number"))]),
        (enum("rain", "sun"), WEATHER, []),
        (enum("fog", "sun"), WEATHER, [AddOptions("key", ("fog",))]),
        (enum("fog"), deleted(WEATHER), [RestoreKey("key"), AddOptions("key", ("fog",))]),
        ({"type": "embedding", "size": 4}, CLIP, []),
        ("geospatial", {"ty": "geospatial"}, []),
    ],
)
def test_a_key_gets_the_declared_type_by_the_fewest_steps(
    declared: object, present: dict[str, Any] | None, steps: list[Step]
) -> None:
    planned = plan(declared, present)

    assert (list(planned.steps), planned.impossible) == (steps, ())


@pytest.mark.parametrize(
    ("declared", "present", "reason"),
    [
        ("text", deleted(None), "deleted for good"),
        ("text", WEATHER, "it is enum of rain, sun, which can never become text"),
        (enum("a"), TEXT, "it is text, which can never become enum of a"),
        ("text", deleted(CLIP), "it is embedding of 4 numbers"),
        ("number", {"ty": "boolean"}, "it is boolean, which can never become number"),
        ({"type": "embedding", "size": 5}, CLIP, "the size never changes"),
        (enum(*map(str, range(254))), WEATHER, "it would have 256 options, and Encord takes 255"),
        (enum(*map(str, range(256))), None, "it would have 256 options, and Encord takes 255"),
    ],
)
def test_what_can_never_be_is_said_with_its_reason(
    declared: object, present: dict[str, Any] | None, reason: str
) -> None:
    planned = plan(declared, present)

    assert planned.steps == ()
    (said,) = planned.impossible
    assert said.startswith("key: ")
    assert reason in said


@pytest.mark.parametrize(
    ("part", "present", "steps"),
    [
        ("deleted", TEXT, [DeleteKey("key", for_good=False)]),
        ("deleted", None, []),
        ("deleted", deleted(TEXT), []),
        ("deleted_for_good", TEXT, [DeleteKey("key", for_good=True)]),
        ("deleted_for_good", deleted(TEXT), [RestoreKey("key"), DeleteKey("key", for_good=True)]),
        ("deleted_for_good", deleted(None), []),
    ],
)
def test_a_key_that_is_to_go_goes_once(part: str, present: dict[str, Any] | None, steps: list[Step]) -> None:
    document = {} if present is None else {"key": present}

    assert list(plan_schema(Declaration.parse("data", {part: ["key"]}), document).steps) == steps


def test_keys_of_others_are_left_alone_and_those_of_the_namespace_are_reported() -> None:
    document = {"fleet.a": TEXT, "fleet.b": TEXT, "fleet.c": deleted(TEXT), "other.d": TEXT, "e": TEXT}
    declaration = Declaration.parse("data", {"namespace": "fleet", "keys": {"fleet.a": "text"}})

    planned = plan_schema(declaration, document)

    assert (planned.is_empty, planned.undeclared) == (True, ("fleet.b",))


def test_options_that_are_not_declared_are_reported_since_they_cannot_go() -> None:
    assert plan(enum("sun"), WEATHER).undeclared == ("key: option rain",)


def test_a_plan_says_which_keys_nobody_could_use_again() -> None:
    declaration = Declaration.parse("data", {"deleted": ["a"], "deleted_for_good": ["b"]})

    assert plan_schema(declaration, {"a": TEXT, "b": TEXT}).deletes_for_good == ("b",)


def test_steps_are_said_in_one_line_each() -> None:
    declaration = Declaration.parse(
        "data",
        {"keys": {"n": "number", "t": "number", "w": enum("fog"), "r": "text"}, "deleted_for_good": ["x"]},
    )
    document = {"t": TEXT, "w": WEATHER, "r": deleted(TEXT), "x": TEXT}

    assert list(map(str, plan_schema(declaration, document).steps)) == [
        "+ n: number",
        "~ t: text becomes number",
        "~ w: new options fog",
        "+ r: restored",
        "- x, for good",
    ]

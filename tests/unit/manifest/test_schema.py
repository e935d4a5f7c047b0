"""A declared schema, and values that break it."""

from typing import Any

import pytest

from encord_provider.errors import BadTable
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.schema import MetadataSchema
from encord_provider.manifest.units import Unit

SCHEMA = MetadataSchema.from_wire(
    {
        "number": {"ty": "variant", "hint": "number"},
        "float": {"ty": "number", "format": "F64"},
        "varchar": {"ty": "variant", "hint": "string"},
        "short": {"ty": "varchar", "max_length": 3},
        "text": {"ty": "variant", "hint": "long_string"},
        "boolean": {"ty": "variant", "hint": "boolean"},
        "datetime": {"ty": "variant", "hint": "datetime"},
        "uuid": {"ty": "variant", "hint": "uuid"},
        "weather": {"ty": "enum", "values": ["rain", "sun"]},
        "embedding": {"ty": "embedding", "size": 3, "api": None},
        "place": {"ty": "geospatial"},
        "gone": {"ty": "tombstone", "deleted_ty": {"ty": "variant", "hint": "number"}},
        "Namespace.key-1 a": {"ty": "user"},
    }
)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("number", 1),
        ("number", -1.5),
        ("float", 1e308),
        ("varchar", "v" * 8192),
        ("short", "żół"),
        ("text", "t" * 9000),
        ("boolean", False),
        ("datetime", "2026-01-01"),
        ("datetime", "2026-01-01T10:00:00Z"),
        ("datetime", "2026-01-01T10:00:00.123+02:00"),
        ("uuid", "0f9c1a52-7a8e-4d59-9f0b-6f4e5a3c2b1d"),
        ("weather", "rain"),
        ("embedding", [1, 2.0, -3]),
        ("place", {"latitude": 90, "longitude": -180.0}),
        ("gone", object()),
        ("free", object()),
        ("number", None),
    ],
)
def test_a_value_of_its_type_breaks_nothing(key: str, value: Any) -> None:  # noqa: ANN401 - any value
    assert list(SCHEMA.problems({key: value})) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("number", "1"),
        ("number", True),
        ("number", float("nan")),
        ("float", float("inf")),
        ("varchar", "v" * 8193),
        ("short", "four"),
        ("text", 1),
        ("boolean", "true"),
        ("datetime", "yesterday"),
        ("datetime", "2026-13-01"),
        ("datetime", 1767225600),
        ("uuid", "not one"),
        ("uuid", "0f9c1a527a8e4d599f0b6f4e5a3c2b1d"),
        ("uuid", "0f9c1a52-7a8e-1d59-9f0b-6f4e5a3c2b1d"),
        ("weather", "snow"),
        ("weather", ["rain"]),
        ("embedding", [1, 2]),
        ("embedding", [1, 2, float("nan")]),
        ("embedding", [1, 2, None]),
        ("embedding", [1, 2, "3"]),
        ("embedding", "1,2,3"),
        ("place", {"latitude": 91, "longitude": 0}),
        ("place", {"latitude": 0}),
        ("place", [0, 0]),
        ("$other", 1),
    ],
)
def test_a_value_of_another_type_is_told_of_by_its_key(key: str, value: Any) -> None:  # noqa: ANN401 - any value
    (problem,) = SCHEMA.problems({key: value})

    assert repr(key) in problem


def test_the_embeddings_of_key_frames_are_judged_with_their_frame() -> None:
    frames = {"13": {"embedding": [1, 2, 3]}, "27": {"embedding": [1]}}
    unit = Unit(Kind.VIDEO, "v", ("u",), client_metadata={"$encord": {"frames": frames}})

    (fault,) = SCHEMA.faults_of(unit)

    assert "frame 27: 'embedding'" in fault.problem
    assert "MetadataSchema" in fault.source


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("$k", {"ty": "text"}),
        ("key frames", {"ty": "text"}),
        ("key?", {"ty": "text"}),
        ("-", {"ty": "text"}),
        ("k", {"ty": "other"}),
        ("k", {"ty": "variant"}),
        ("k", "text"),
        ("k", {"ty": "embedding", "size": 0}),
        ("k", {"ty": "embedding", "size": 4097}),
        ("k", {"ty": "enum", "values": []}),
        ("k", {"ty": "enum", "values": [str(n) for n in range(257)]}),
        ("k", {"ty": "enum", "values": [1]}),
    ],
)
def test_a_schema_that_encord_would_not_take_is_refused(name: str, form: object) -> None:
    with pytest.raises(BadTable, match="metadata schema: 1 faults"):
        MetadataSchema.from_wire({name: form})

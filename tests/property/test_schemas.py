"""Declared schemas become the organisation's schema, through the SDK, whatever it was before."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from encord_provider.encord_api.schema import change_schema, document_of
from encord_provider.metadata.declaration import Declaration
from encord_provider.metadata.schema_plan import plan_schema
from tests.organisation import Organisation

NAMES = st.sampled_from(["fleet.a", "fleet.b", "fleet-c", "d"])
OPTIONS = st.lists(st.sampled_from(["fog", "rain", "sun"]), min_size=1, unique=True)
SCALARS = st.sampled_from(["number", "varchar", "text", "boolean", "datetime", "uuid"])

declared_types = (
    SCALARS
    | st.just("geospatial")
    | OPTIONS.map(lambda options: {"type": "enum", "options": options})
    | st.sampled_from([4, 8]).map(lambda size: {"type": "embedding", "size": size})
)
live_forms = (
    SCALARS.map(lambda hint: {"ty": "variant", "hint": hint})
    | st.sampled_from([{"ty": "geospatial"}, {"ty": "boolean"}, {"ty": "text"}])
    | OPTIONS.map(lambda options: {"ty": "enum", "values": sorted(options)})
    | st.sampled_from([4, 8]).map(lambda size: {"ty": "embedding", "size": size})
)
forms = live_forms | st.one_of(st.none(), live_forms).map(
    lambda form: {"ty": "tombstone", "deleted_ty": form}
)
documents = st.dictionaries(NAMES, forms)


@st.composite
def declarations(draw: st.DrawFn) -> Declaration:
    """Draw a declaration in which each name stands once; embeddings have no dots."""
    parts = draw(st.dictionaries(NAMES, st.sampled_from(["keys", "deleted", "deleted_for_good"])))
    keys = {}
    for name, part in parts.items():
        if part == "keys":
            kind = draw(declared_types)
            is_embedding = isinstance(kind, dict) and kind["type"] == "embedding"
            keys[name] = "text" if is_embedding and "." in name else kind
    gone = {
        part: [name for name, of in parts.items() if of == part] for part in ("deleted", "deleted_for_good")
    }
    return Declaration.parse("drawn", {"keys": keys} | gone)


@pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince20")
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(declaration=declarations(), document=documents)
def test_what_a_plan_changes_is_as_declared_and_planning_again_changes_nothing(
    declaration: Declaration, document: dict[str, Any]
) -> None:
    organisation = Organisation(document)
    before = document_of(organisation.metadata_schema())
    planned = plan_schema(declaration, before)

    change_schema(organisation.metadata_schema(), planned.steps)

    after = document_of(organisation.metadata_schema())
    again = plan_schema(declaration, after)
    assert (again.steps, again.impossible) == ((), planned.impossible)
    impossible = {said.split(":")[0] for said in planned.impossible}
    for key, kind in declaration.keys.items():
        form = after.get(key, {})
        if key not in impossible:
            assert form.get("hint", form["ty"]) == kind.name
            assert set(form.get("values", ())) >= kind.options
            assert form.get("size", kind.size) == kind.size or kind.name == "varchar"
    for key in declaration.deleted | declaration.deleted_for_good:
        assert after.get(key, {"ty": "tombstone"})["ty"] == "tombstone"
    mine = {*declaration.keys, *declaration.deleted, *declaration.deleted_for_good} - impossible
    assert {k: v for k, v in after.items() if k not in mine} == {
        k: v for k, v in before.items() if k not in mine
    }

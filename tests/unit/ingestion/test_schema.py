"""The organisation's schema, kept as declared, through the real SDK."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from encord_provider.encord_api.api import EncordApi
from encord_provider.errors import LeaseHeld, SchemaDrift
from encord_provider.ingestion.run import Task
from encord_provider.ingestion.schema import Mode, keep_schema
from encord_provider.metadata.declaration import Declaration
from encord_provider.metadata.schema_plan import SchemaPlan, Step
from tests.unit.ingestion.conftest import Pipeline

SCHEMA = "/organisation/client-metadata-schema-v2"
FLEET = Declaration.parse(
    "fleet",
    {
        "namespace": "fleet",
        "keys": {
            "fleet.site": "varchar",
            "fleet.weather": {"type": "enum", "options": ["rain", "sun"]},
            "fleet.place": "geospatial",
        },
        "deleted": ["fleet.old"],
    },
)


def keep(
    pipeline: Pipeline, declaration: Declaration, mode: Mode = "apply", *, delete_for_good: bool = False
) -> SchemaPlan:
    task = Task("run", "schema")
    return keep_schema(
        pipeline.ledger, pipeline.api, declaration, mode, task, delete_for_good=delete_for_good
    )


def saves(pipeline: Pipeline) -> int:
    return sum(seen.method == "POST" and seen.path.endswith(SCHEMA) for seen in pipeline.sandbox.requests)


def types(pipeline: Pipeline) -> dict[str, Any]:
    schema = pipeline.sandbox.client().metadata_schema()
    names = schema.keys()
    return {name: schema.get_key_type(name) for name in names}


def test_the_schema_becomes_as_declared_and_keys_of_others_stay(pipeline: Pipeline) -> None:
    schema = pipeline.sandbox.client().metadata_schema()
    schema.add_scalar("other.key", data_type="number")
    schema.add_scalar("fleet.old", data_type="text")
    schema.save()

    planned = keep(pipeline, FLEET)

    assert len(planned.steps) == 4
    assert types(pipeline) == {
        "other.key": "number",
        "fleet.old": None,
        "fleet.site": "varchar",
        "fleet.weather": "enum",
        "fleet.place": "geospatial",
    }


def test_doing_it_again_saves_nothing(pipeline: Pipeline) -> None:
    keep(pipeline, FLEET)
    saved = saves(pipeline)

    assert keep(pipeline, FLEET).is_empty
    assert saves(pipeline) == saved


def test_planning_and_checking_change_nothing(pipeline: Pipeline) -> None:
    keep(pipeline, FLEET)
    other = Declaration.parse("other", {"keys": {"fleet.site": "text"}})

    assert len(keep(pipeline, other, "plan").steps) == 1
    with pytest.raises(SchemaDrift) as drift:
        keep(pipeline, other, "check")

    assert drift.value.differences == ("~ fleet.site: varchar becomes text",)
    assert types(pipeline)["fleet.site"] == "varchar"


def test_what_can_never_be_fails_before_anything_is_saved(pipeline: Pipeline) -> None:
    keep(pipeline, FLEET)
    saved = saves(pipeline)
    wrong = Declaration.parse("wrong", {"keys": {"fleet.weather": "text", "fleet.new": "text"}})

    with pytest.raises(SchemaDrift, match="can never become text"):
        keep(pipeline, wrong)

    assert saves(pipeline) == saved


def test_a_key_is_deleted_for_good_only_when_that_is_said(pipeline: Pipeline) -> None:
    keep(pipeline, FLEET)
    away = Declaration.parse("away", {"deleted_for_good": ["fleet.site"]})

    with pytest.raises(SchemaDrift, match="needs delete_for_good=True"):
        keep(pipeline, away)
    assert types(pipeline)["fleet.site"] == "varchar"

    keep(pipeline, away, delete_for_good=True)
    assert types(pipeline)["fleet.site"] is None
    with pytest.raises(SchemaDrift, match="deleted for good"):
        keep(pipeline, FLEET)


class Watched(EncordApi):
    """Tells the test when it saves."""

    before_save: Callable[[], None] = staticmethod(lambda: None)
    after_save: Callable[[], None] = staticmethod(lambda: None)

    def change_schema(self, steps: Callable[[Mapping[str, Any]], Iterable[Step]]) -> None:
        self.before_save()
        super().change_schema(steps)
        self.after_save()


def test_a_save_that_another_program_overwrote_is_made_again(pipeline: Pipeline) -> None:
    late = pipeline.sandbox.client().metadata_schema()
    late.add_scalar("late.key", data_type="text")
    api = Watched(pipeline.api.credentials)
    api.after_save = late.save  # what it read before our save; a second save of it sends nothing

    keep_schema(pipeline.ledger, api, FLEET, "apply", Task("run", "schema"))

    assert types(pipeline) | {"late.key": "text", "fleet.site": "varchar"} == types(pipeline)


def test_a_schema_that_others_keep_overwriting_is_an_error(pipeline: Pipeline) -> None:
    api = Watched(pipeline.api.credentials)

    def overwrite() -> None:
        schema = pipeline.sandbox.client().metadata_schema()
        schema.set_scalar("fleet.site", data_type="number")
        schema.save()

    api.after_save = overwrite

    with pytest.raises(SchemaDrift, match="somebody else saved over it"):
        keep_schema(pipeline.ledger, api, FLEET, "apply", Task("run", "schema"))


def test_only_one_of_our_tasks_saves_at_a_time(pipeline: Pipeline) -> None:
    api = Watched(pipeline.api.credentials)
    name = f"metadata schema {pipeline.sandbox.url}"
    refused: list[LeaseHeld] = []

    def try_beside() -> None:
        with pytest.raises(LeaseHeld) as caught, pipeline.ledger.leases.hold(name, "another", 1):
            pass
        refused.append(caught.value)

    api.before_save = try_beside
    keep_schema(pipeline.ledger, api, FLEET, "apply", Task("run", "schema"))

    assert len(refused) == 1

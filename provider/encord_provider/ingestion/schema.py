"""The organisation's metadata schema says what a team declares."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, TypeAlias, get_args

from encord_provider.encord_api.api import EncordApi
from encord_provider.errors import SchemaDrift
from encord_provider.ingestion.run import Task
from encord_provider.ledger.ledger import Ledger
from encord_provider.metadata.declaration import Declaration
from encord_provider.metadata.schema_plan import SchemaPlan, plan_schema

Mode: TypeAlias = Literal["plan", "apply", "check"]
"""Say what would change; change it; fail when something would."""

MODES: Final[Mapping[str, Mode]] = {mode: mode for mode in get_args(Mode)}
"""The modes by their names, as a template renders them."""

SCHEMA_SECONDS = 900
"""How long reading and saving the schema may take; longer than all retries of its requests together."""

PATIENCE_SECONDS = 60
"""How long to wait for another task that changes the schema, before leaving the wait to Airflow."""

ATTEMPTS = 3
"""How often to plan anew after somebody else saved the schema in between."""


def keep_schema(
    ledger: Ledger,
    api: EncordApi,
    declaration: Declaration,
    mode: Mode,
    task: Task,
    *,
    delete_for_good: bool = False,
) -> SchemaPlan:
    """Compare the schema with *declaration*; in the mode ``apply`` make it so. Returns what differed.

    A save replaces the schema of the whole organisation, and the last one wins. So our own tasks save one at a
    time, each on what it read a moment before, and look afterwards whether it stands.

    Raises:
        SchemaDrift: In the mode ``check``, everything that differs. In the mode ``apply``, what can never be as
            declared, keys to delete for good without *delete_for_good*, or what others keep saving over.

    """
    if mode == "apply":
        name = f"metadata schema {api.credentials.domain}"
        with ledger.leases.hold(name, task.name, SCHEMA_SECONDS, patience=PATIENCE_SECONDS) as held:
            return _apply(api, declaration, before_save=held.prolong, delete_for_good=delete_for_good)
    plan = plan_schema(declaration, api.schema())
    if mode == "check" and not plan.is_empty:
        raise SchemaDrift([*plan.impossible, *map(str, plan.steps)])
    return plan


def _apply(
    api: EncordApi, declaration: Declaration, *, before_save: Callable[[], None], delete_for_good: bool
) -> SchemaPlan:
    def plan(document: Mapping[str, Any]) -> SchemaPlan:
        return _possible(plan_schema(declaration, document), delete_for_good=delete_for_good)

    first = plan(api.schema())
    left = first
    for _ in range(ATTEMPTS):
        if left.is_empty:
            return first
        before_save()
        api.change_schema(lambda document: plan(document).steps)
        left = plan(api.schema())
    raise SchemaDrift([f"{step}: saved, and somebody else saved over it" for step in left.steps])


def _possible(plan: SchemaPlan, *, delete_for_good: bool) -> SchemaPlan:
    problems = list(plan.impossible)
    if not delete_for_good:
        problems += [
            f"{key}: deleting it for good needs delete_for_good=True" for key in plan.deletes_for_good
        ]
    if problems:
        raise SchemaDrift(problems)
    return plan

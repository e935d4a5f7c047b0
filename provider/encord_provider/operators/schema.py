"""From a declaration to the organisation's metadata schema."""

from collections.abc import Mapping, Sequence
from typing import Any

from airflow.providers.common.compat.sdk import AirflowFailException, Context

from encord_provider.hooks.buckets import open_source
from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.ledger import open_ledger
from encord_provider.hooks.operator import EncordOperator
from encord_provider.hooks.run import task_of
from encord_provider.hooks.task_failure import task_failure


class EncordMetadataSchemaOperator(EncordOperator):
    """Make the organisation's metadata schema say what a team declares, or tell how it differs.

    Keys that are not declared stay as they are. Returns how many changes there were, what cannot be as declared,
    and what the schema has beyond the declaration.

    Args:
        declaration: The declared keys: a mapping, or the URI of a YAML or JSON file.
        mode: ``plan`` says what would change, ``apply`` changes it, ``check`` fails when something would change.
        delete_for_good: Let keys be deleted so that nobody can ever use them again.
        bucket_conn_id: Airflow connection of the declaration's bucket.
        encord_conn_id: Airflow connection of Encord.

    """

    template_fields: Sequence[str] = ("declaration", "mode", "bucket_conn_id", "encord_conn_id")
    ui_color = "#fef7e0"

    def __init__(
        self,
        *,
        declaration: str | Mapping[str, Any],
        mode: str = "plan",
        delete_for_good: bool = False,
        bucket_conn_id: str | None = None,
        encord_conn_id: str = "encord_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.declaration = declaration
        self.mode = mode
        self.delete_for_good = delete_for_good
        self.bucket_conn_id = bucket_conn_id
        self.encord_conn_id = encord_conn_id

    def execute(self, context: Context) -> dict[str, Any]:
        """Read the declaration, compare it with the schema, and do what the mode says."""
        from encord_provider.ingestion.schema import MODES, keep_schema
        from encord_provider.metadata.declaration import Declaration

        mode = MODES.get(self.mode)
        if mode is None:
            raise AirflowFailException(f"mode={self.mode!r} is none of {', '.join(MODES)}")
        with task_failure(), open_ledger() as ledger:
            if isinstance(self.declaration, str):
                source = open_source(self.declaration, self.bucket_conn_id)
                declaration = Declaration.read(self.declaration, source.bucket.read(source.prefix))
            else:
                declaration = Declaration.parse("declaration", self.declaration)
            plan = keep_schema(
                ledger,
                EncordHook(self.encord_conn_id).api,
                declaration,
                mode,
                task_of(context),
                delete_for_good=self.delete_for_good,
            )
        for line in map(str, plan.steps):
            self.log.info("%s", line)
        for line in plan.impossible:
            self.log.warning("impossible: %s", line)
        for line in plan.undeclared:
            self.log.warning("not declared: %s", line)
        counts = {"changes": len(plan.steps), "impossible": len(plan.impossible)}
        return counts | {"undeclared": len(plan.undeclared)}

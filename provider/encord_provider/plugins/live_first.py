"""Live runs before backfills: which task Airflow's scheduler takes next."""

from typing import TYPE_CHECKING, Final

from airflow.plugins_manager import AirflowPlugin
from airflow.task.priority_strategy import PriorityWeightStrategy

if TYPE_CHECKING:
    from airflow.models.taskinstance import TaskInstance

AHEAD: Final = 1_000_000
"""How much more than its ``priority_weight`` the task of a live run weighs; weights of DAGs are far below."""

_BACKFILL: Final = "backfill__"
"""What Airflow begins the ids of a backfill's runs with."""


class LiveFirst(PriorityWeightStrategy):
    """A task of a live run goes before every task of a backfill; among equals its ``priority_weight`` decides.

    For a DAG's ``default_args``, by its name: ``{"weight_rule": "encord_provider.plugins.live_first.LiveFirst"}``
    (Airflow 3.3 cannot store an instance of it for a mapped task). Airflow by itself prefers the first tasks of a
    DAG, and then the older date: as long as a backfill has runs to begin, it takes the slots that live runs need.
    """

    def get_weight(self, ti: "TaskInstance") -> int:
        """Return the weight of a task, when its run begins."""
        weight = int(ti.task.priority_weight) if ti.task else 1
        return weight if str(ti.run_id).startswith(_BACKFILL) else weight + AHEAD


class EncordPlugin(AirflowPlugin):
    """What the entry point names."""

    name = "encord"
    priority_weight_strategies = [LiveFirst]  # noqa: RUF012 - Airflow's own class has it so
